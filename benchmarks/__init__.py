"""Every figure of the targets, made by one command: `python3 -m bot bench` (or `python -m benchmarks`).

What counts is a ratio within one run on this machine: our way against the bare limit of the same work. Each variant runs in a
process of its own, the variants take turns, and a figure is the median of the rounds with its range. What is missed is printed as
missed. One file per figure; each has `FIGURE` and one function per variant, `name(size, folder) -> measurements`.

A usual run is over within ten minutes on two busy cores: some sizes are smaller than the targets name, which `--full` restores.
Nothing here leaves the machine: every platform is a stand-in on loopback.
"""
