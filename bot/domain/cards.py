"""A message as a card: a title, a few facts, and what can be said with one tap.

Only what a card shows is here; how a platform draws it is its channel's business. A tap says words, as if the person had typed them,
and may point at what it is about; so a tap, a line in chat and a mail are understood by the same rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_APART = "|"
"""Between what a tap is about and what it says, in the key that a platform gives back."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One thing that can be tapped or chosen. `label` is what is read, `say` what it means in words of the reply grammar (已报).

    `about` is a mark as `Inbound.about` holds it (`task:12`), empty if the tap says nothing of that.
    """

    label: str
    say: str
    about: str = ""

    @property
    def key(self) -> str:
        """What the platform is given and gives back: both in one string, equal for equal taps."""
        return f"{self.about}{_APART}{self.say}"


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows. `lines` are facts as (name, value), the most important first: channels cut what they cannot show.

    `note` is a sentence below them. `options` is one drop-down ("which one"), `buttons` act on what was chosen there.
    `url` is where a tap beside the buttons leads, empty for nowhere; `link` is what is read there.
    """

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    note: str = ""
    options: tuple[Tap, ...] = ()
    buttons: tuple[Tap, ...] = ()
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Tapped:
    """What was tapped: the words, and the marks of what they are about, separated by blanks."""

    text: str
    about: str


def tapped(keys: Iterable[str]) -> Tapped:
    """The keys that a platform gave back, the choices first and the button last, put together. A key not made by us is all words."""
    split = [key.partition(_APART) if _APART in key else ("", "", key) for key in keys]
    marks = dict.fromkeys(about for about, _, _ in split if about)
    return Tapped("".join(say for _, _, say in split), " ".join(marks))
