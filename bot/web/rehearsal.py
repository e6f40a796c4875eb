"""The rehearsal page: the virtual clock, what stand-in people received, their answers, and the matrix that follows.

A browser with JavaScript gets the changed parts (htmx, out of band); one without gets a redirect to the page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from bot.desk.problems import Forbidden
from bot.web import bodies, house, pages, place, state, view

LONGEST_ANSWER = 500
"""Characters of one answer; a contact types one line."""

Fields = bodies.Genuine


@dataclass(frozen=True, slots=True)
class Said:
    """What came of the last act: `sent` (figure: messages), `answered`, refused as `empty` or too `long` (figure: characters allowed)."""

    kind: str = ""
    figure: int = 0


class NotRehearsing(Exception):
    """The page exists in a rehearsal only, and this installation is live."""


def _rehearsing(request: Request, me: state.Me) -> None:
    """It shows and moves all units at once: for who sees everything, and its buttons for who may act."""
    if not me.sees_all or (request.method == "POST" and not me.may_act):
        raise Forbidden
    if state.house(request).mode != "rehearsal":
        raise NotRehearsing


router = APIRouter(prefix="/rehearsal", dependencies=[Depends(_rehearsing)])


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, below: state.Below) -> Response:
    """The page, or for htmx its parts."""
    here = place.read(request.query_params)
    if state.htmx(request):
        return _parts(request, below, here, said=Said())
    return _page(request, below, here, said=_said(request.query_params))


@router.post("/advance")
def advance(request: Request, below: state.Below, fields: Fields) -> Response:
    """Move the virtual clock. `how` is workday, next_send or end."""
    how = fields.get("how", "")
    if how not in get_args(house.How):
        raise HTTPException(400)
    moved = below.advance(cast(house.How, how))
    return _after(request, below, place.of(request, fields), said=Said("sent", moved.sent))


@router.post("/answer")
def answer(request: Request, below: state.Below, fields: Fields) -> Response:
    """A stand-in contact answers; `chat` names the conversation."""
    here = place.of(request, fields)
    chat = view.find(below.scene(), fields.get("chat", ""))
    if chat is None or not chat.can_answer:
        raise HTTPException(404)
    words = fields.get("text", "").strip()
    if not 1 <= len(words) <= LONGEST_ANSWER:
        return _after(request, below, here, said=Said("long", LONGEST_ANSWER) if words else Said("empty"))
    below.answer(chat.person_id, words)
    return _after(request, below, here, said=Said("answered"))


def _after(request: Request, below: house.House, here: place.Place, said: Said) -> Response:
    if state.htmx(request):
        return _parts(request, below, here, said)
    return RedirectResponse(f"{here.at()}&said={said.kind}.{said.figure}", 303)


def _said(query: Mapping[str, str]) -> Said:
    """What the redirect wants to be told on the next page: a word of ours and a figure, as anybody can type an address."""
    match = re.fullmatch(r"(sent|answered|empty|long)\.([0-9]{1,6})", query.get("said", ""))
    return Said(match[1], int(match[2])) if match else Said()


def _page(request: Request, below: house.House, here: place.Place, said: Said) -> Response:
    return pages.answer(request, "rehearsal.html", page=view.page(below.scene(), here), said=said)


def _parts(request: Request, below: house.House, here: place.Place, said: Said) -> Response:
    return pages.answer(request, "parts.html", page=view.page(below.scene(), here), said=said)
