"""For whoever watches the machine: is the process up, and is it doing its work?"""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.web import pages, state, system

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def alive(request: Request) -> JSONResponse:
    """200 as soon as requests are answered; asks nothing of the database."""
    return JSONResponse({"status": "up", "mode": state.house(request).mode})


@router.api_route("/readyz", methods=["GET", "HEAD"])
def ready(request: Request) -> JSONResponse:
    """200 while the work gets done, else 503 with reasons. The errors' own words are for administrators and not told here."""
    health = state.house(request).health()
    reasons = [] if health.ok else pages.text(request, "reasons.txt", health=health).split("\n")
    answer = {
        "status": "ready" if health.ok else "not_ready",
        "mode": health.mode,
        "reasons": [reason.strip() for reason in reasons if reason.strip()],
        "queue": dict(health.queue),
        "oldest_seconds": health.oldest_seconds,
        "jobs": {job.name: {"lag_seconds": job.lag_seconds, "ok": not job.error} for job in health.jobs},
        "channels": {channel.name: channel.state for channel in health.channels},
        "listeners": [{"name": ear.name, "state": ear.state, "last_frame_at": _iso(ear.last_frame_at)} for ear in health.listeners],
    }
    return JSONResponse(answer, 200 if health.ok else 503)


router.add_api_route("/metrics", system.metrics, methods=["GET", "HEAD"])


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
