"""Builds everything from Settings. `clock` is the only reader of the clock; nothing here decides anything about reports.

`ground` opens what both modes stand on, `channels` the ways out, `house` what the pages see, `serve` the running process.
"""
