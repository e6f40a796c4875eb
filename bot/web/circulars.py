"""The circulars: how one would read now, its frozen editions, and both as files to work on."""

import importlib
from types import ModuleType
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from bot.desk import circulars
from bot.web import bodies, pages, state, told

router = APIRouter(prefix="/bulletins")
Form = Literal["docx", "xlsx"]


@router.api_route("", methods=["GET", "HEAD"])
def show_all(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Every period, the latest first."""
    return pages.answer(request, "circulars.html", rows=circulars.index(desk, me))


@router.api_route("/{period_id}", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me, period_id: int) -> Response:
    """The circular of one period as things stand now, with its editions."""
    return pages.answer(request, "circular.html", page=circulars.preview(desk, me, period_id))


@router.post("/{period_id}/freeze")
def freeze(request: Request, desk: state.Desk, me: state.Me, period_id: int, fields: bodies.Genuine) -> Response:
    """Keep it as it reads now."""
    kept = circulars.freeze(desk, me, period_id)
    return told.after(request, f"/bulletins/{period_id}", told.Told("frozen", {"edition": kept.edition}))


@router.api_route("/{period_id}/draft.{form}", methods=["GET", "HEAD"])
def take_draft(desk: state.Desk, me: state.Me, period_id: int, form: Form) -> Response:
    """The circular as it reads now, as a file."""
    found = circulars.preview(desk, me, period_id)
    if form == "docx":
        return _document(found.text, found.draft.figures, found.draft.digest, found.draft.title)
    return _workbook(found.draft.title, found.draft.figures, found.draft.digest)


@router.api_route("/editions/{edition_id}", methods=["GET", "HEAD"])
def show_edition(request: Request, desk: state.Desk, me: state.Me, edition_id: int) -> Response:
    """A frozen edition, word for word."""
    kept = circulars.edition(desk, me, edition_id)
    return pages.answer(request, "edition.html", kept=kept, whole=circulars.is_whole(kept))


@router.api_route("/editions/{edition_id}/file.{form}", methods=["GET", "HEAD"])
def take_edition(desk: state.Desk, me: state.Me, edition_id: int, form: Form) -> Response:
    """A frozen edition as a file."""
    kept = circulars.edition(desk, me, edition_id)
    title = _writer("bot.desk.circular_docx").title(kept.text)
    if form == "docx":
        return _document(kept.text, kept.figures, kept.hash, title)
    return _workbook(title, kept.figures, kept.hash)


def _document(text: str, figures: object, digest: str, title: str) -> Response:
    writer = _writer("bot.desk.circular_docx")
    return _file(writer.write(text, figures, digest), writer.MEDIA_TYPE, f"{title}.docx")


def _workbook(title: str, figures: object, digest: str) -> Response:
    writer = _writer("bot.desk.circular_sheet")
    return _file(writer.write(title, figures, digest), writer.MEDIA_TYPE, f"{title}.xlsx")


def _writer(name: str) -> ModuleType:
    """The libraries behind are loaded when somebody wants a file: they cost a good part of the start."""
    return importlib.import_module(name)


def _file(content: bytes, media_type: str, name: str) -> Response:
    plain = name.rpartition(".")[2]
    disposition = f"attachment; filename=\"circular.{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
