"""`python -m bot.cli`: the command line without the set-up of `python -m bot`."""

from bot.cli import main

main()
