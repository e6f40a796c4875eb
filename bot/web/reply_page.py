"""The page behind the link in a message: what one person owes, one tap each. For phones, without scripts, without a session.

Translates HTTP only; what may be seen and tapped is decided behind the counter. GET and HEAD change nothing: mail scanners press links.
Whoever guesses links is braked; a good link is never refused for what others behind the same address do, for offices share one.
"""

from collections.abc import AsyncGenerator
from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.domain.inbound import Attachment
from bot.domain.mail import headers
from bot.talk.counter import Counter
from bot.talk.pressed import FILE_BYTES, Pressed, PressRefused, Problem
from bot.talk.reply_links import LinkRefused, Refusal
from bot.web import bodies, brake, state

LARGEST = 2 * FILE_BYTES
"""Bytes of one form with its files."""
GUESSES, GUESS_TIME = 20, timedelta(minutes=10)
TAPS, TAP_TIME = 120, timedelta(hours=1)
FIELDS = 20
COUNT = "count."
"""How the names of the fields for figures begin; the category follows."""
_STATUS = {
    Problem.NO_SUCH_TASK: 404,
    Problem.NO_SUCH_REQUEST: 404,
    Problem.PAGE_OLD: 409,
    Problem.NOTHING_TO_UNDO: 409,
    Problem.FILE_SIZE: 413,
}
_REFUSED = {Refusal.FORGED: 404, Refusal.EXPIRED: 410}

router = APIRouter(prefix="/r")


class Brakes:
    """What the page holds back: guesses by the address they come from, taps by the person's link."""

    def __init__(self) -> None:
        self.guesses = brake.Brake(GUESSES, GUESS_TIME)
        self.taps = brake.Brake(TAPS, TAP_TIME)


@router.api_route("/{token}", methods=["GET", "HEAD"])
async def show(request: Request, token: str) -> Response:
    """The page; `told` names the task that was just answered."""
    try:
        return await _page(request, token, told=request.query_params.get("told", ""))
    except LinkRefused as refused:
        return _no_page(request, refused.refusal)


@router.post("/{token}")
async def press(request: Request, token: str) -> Response:
    """One tap. The body is read only for a good link."""
    counter = _counter(request)
    try:
        link = counter.links.read(token, counter.clock())
        if not _brakes(request).taps.free(link.person_id, state.house(request).now()):
            return _words(request, "reply/slow.html", 429)
        form = await _form(request)
        task_id = await run_in_threadpool(counter.press, token, form)
    except LinkRefused as refused:
        return _no_page(request, refused.refusal)
    except PressRefused as refused:
        return await _page(request, token, problem=refused.problem, status=_STATUS.get(refused.problem, 422))
    return RedirectResponse(f"/r/{token}?told={task_id}", 303)


async def _page(request: Request, token: str, *, told: str = "", problem: Problem | None = None, status: int = 200) -> Response:
    sheet = await run_in_threadpool(_counter(request).sheet, token)
    return _words(request, "reply/page.html", status, sheet=sheet, told=told, problem=problem.value if problem else "", count=COUNT)


def _no_page(request: Request, refusal: Refusal) -> Response:
    """Why the link opens nothing; whoever tries many is told only to wait."""
    where = request.client.host if request.client else ""
    if refusal is Refusal.FORGED and not _brakes(request).guesses.free(where, state.house(request).now()):
        return _words(request, "reply/slow.html", 429)
    return _words(request, "reply/no_page.html", _REFUSED[refusal], refusal=refusal.value)


def _words(request: Request, template: str, status: int, **view: object) -> Response:
    """No session and no parts of the administrators' pages: whoever has the link is nobody else here."""
    text = state.templates(request).get_template(template).render(view | {"mode": state.house(request).mode})
    return HTMLResponse(text, status, headers={"x-robots-tag": "noindex, nofollow"})


async def _form(request: Request) -> Pressed:
    """The fields as they came. Raises HTTPException 400 and 413."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        fields = await _parsed(request, await bodies.read(request, LARGEST))
    else:
        fields = FormData(await bodies.form(request))
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    counts = {name.removeprefix(COUNT): value for name, value in texts.items() if name.startswith(COUNT)}
    plain = {name: texts.get(name, "") for name in ("mark", "act", "task", "day", "note")}
    return Pressed(**plain, counts=counts, files=await _files(fields))


async def _parsed(request: Request, body: bytes) -> FormData:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = MultiPartParser(request.headers, stream(), max_files=FIELDS, max_fields=FIELDS, max_part_size=bodies.FORM)
        return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400) from error


async def _files(fields: FormData) -> tuple[Attachment, ...]:
    """The files that were chosen; a field left empty comes as a file without a name."""
    uploads = [value for value in fields.getlist("file") if isinstance(value, UploadFile) and value.filename]
    found = tuple([Attachment(headers.file_name(each.filename or ""), each.content_type or "", await each.read()) for each in uploads])
    await fields.close()
    return found


def _counter(request: Request) -> Counter:
    """Raises HTTPException 404 where nobody has set the page up."""
    counter = state.house(request).counter
    if counter is None:
        raise HTTPException(404)
    return counter


def _brakes(request: Request) -> Brakes:
    found: Brakes = request.app.state.reply_brakes
    return found
