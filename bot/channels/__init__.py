"""The only network: one file per platform, one Protocol (`base.Channel`), one conformance suite.

A vendor's limits, codes and crypto live in that vendor's file, each named constant with its unit and the page it was read on.
HTTP 200 proves nothing: the platform's own code decides. Channels do not know each other (import-linter holds it).
"""
