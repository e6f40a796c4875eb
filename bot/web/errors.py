"""Error pages: what happened and what to do next, in the words of `templates/web/error.html`."""

from http import HTTPStatus
from typing import cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from bot.desk.problems import Forbidden
from bot.web import headers, pages, rehearsal, sessions, state

_log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Every refusal and every failure of the application becomes a page."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(sessions.LoginNeeded, _login_needed)
    app.add_exception_handler(sessions.PasswordNeeded, _password_needed)
    app.add_exception_handler(sessions.Forged, _forged)
    app.add_exception_handler(Forbidden, _forbidden)
    app.add_exception_handler(LookupError, _nothing_there)
    app.add_exception_handler(rehearsal.NotRehearsing, _not_rehearsing)
    app.add_exception_handler(Exception, _failed)


def _page(request: Request, status: int, why: str = "") -> Response:
    return pages.answer(request, "error.html", status, code=status, why=why)


def _refused(request: Request, error: Exception) -> Response:
    refusal = cast(HTTPException, error)
    answer = _page(request, refusal.status_code)
    answer.headers.update(refusal.headers or {})
    return answer


def _unreadable(request: Request, error: Exception) -> Response:
    return _page(request, HTTPStatus.BAD_REQUEST)


def _login_needed(request: Request, error: Exception) -> Response:
    """To the way in, and from there back to where they wanted to go."""
    if state.htmx(request):  # a redirect would put the start page into a part of this one
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"hx-redirect": "/login"})
    if request.method not in ("GET", "HEAD"):
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?to={quote(wanted)}", HTTPStatus.SEE_OTHER)


def _password_needed(request: Request, error: Exception) -> Response:
    return RedirectResponse("/me/password", HTTPStatus.SEE_OTHER)


def _forbidden(request: Request, error: Exception) -> Response:
    return _page(request, HTTPStatus.FORBIDDEN, why="rank")


def _nothing_there(request: Request, error: Exception) -> Response:
    """What does not exist, or lies outside the subtree of who asks, which is the same to them. A KeyError is a mistake of ours."""
    if isinstance(error, KeyError | IndexError):
        raise error
    return _page(request, HTTPStatus.NOT_FOUND)


def _forged(request: Request, error: Exception) -> Response:
    return _page(request, HTTPStatus.FORBIDDEN, why="forged")


def _not_rehearsing(request: Request, error: Exception) -> Response:
    return _page(request, HTTPStatus.NOT_FOUND, why="live")


def _failed(request: Request, error: Exception) -> Response:
    """Made outside the middleware, hence the headers; Starlette raises the error again, so that the server logs it."""
    _log.error("page_failed", path=request.url.path, error=type(error).__name__)
    return headers.secured(_page(request, HTTPStatus.INTERNAL_SERVER_ERROR))
