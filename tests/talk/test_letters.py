"""The last look at a letter: its numbers are those by which it is answered."""

from datetime import date

import pytest
from office import CHANNELS, LEASE, Office, at

from bot.domain import ladder, times
from bot.domain.status import Event, EventKind
from bot.domain.words import MessageKind, Role
from bot.talk import letters
