"""Where in the rehearsal page somebody is. It lives in the address, so that every view has one and no script is needed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request

TABS = ("matrix", "warnings", "bulletin")
VIEWS = ("clock", "talk", "state")
LONGEST = 80
"""Characters kept of anything typed into the address."""


@dataclass(frozen=True, slots=True)
class Place:
    """`chat` names the open conversation (empty: none chosen), `q` what the list is searched for, `owe` hides units that owe nothing.

    `view` is the column a phone shows; wide screens show all three.
    """

    chat: str = ""
    tab: str = "matrix"
    view: str = "clock"
    q: str = ""
    owe: bool = False

    def at(self, **changes: object) -> str:
        """The address of the page with these fields changed."""
        return f"/rehearsal?{replace(self, **changes).query}"  # type: ignore[arg-type]  # named by templates

    @property
    def query(self) -> str:
        """The place as a query string, without what is the default anyway."""
        fields = {"chat": self.chat, "tab": self.tab, "view": self.view, "q": self.q, "owe": "1" if self.owe else ""}
        return urlencode({name: value for name, value in fields.items() if value not in ("", TABS[0] if name == "tab" else "")})


def read(fields: Mapping[str, str]) -> Place:
    """The place these fields name; anything unknown becomes the default."""
    tab, view = fields.get("tab", ""), fields.get("view", "")
    return Place(
        chat=fields.get("chat", "")[:LONGEST],
        tab=tab if tab in TABS else TABS[0],
        view=view if view in VIEWS else VIEWS[0],
        q=fields.get("q", "").strip()[:LONGEST],
        owe=fields.get("owe") == "1",
    )


def of(request: Request, fields: Mapping[str, str]) -> Place:
    """Where the person is who sent this form: htmx tells the address in a header, a plain form in hidden fields."""
    address = request.headers.get("hx-current-url", "")
    return read(dict(parse_qsl(urlsplit(address).query))) if address else read(fields)
