"""Stand-ins of the platforms with their limits and their codes, for rehearsals, tests and benchmarks. They listen on loopback only."""
