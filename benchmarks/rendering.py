"""P7: a message put into words, against its compiled templates alone."""

import time
from pathlib import Path

from benchmarks import office
from benchmarks.figure import Figure, Measure
from bot.domain.words import MessageKind
from bot.render import Renderer


def ours(count: int, _folder: Path) -> dict[str, float]:
    """Subject and body, cut to what the platform takes."""
    renderer, view = Renderer(), office.view()
    renderer.render(MessageKind.REMINDER, view, max_bytes=4096, format="markdown", channel=office.CHANNEL)
    began = time.perf_counter()
    for _ in range(count):
        renderer.render(MessageKind.REMINDER, view, max_bytes=4096, format="markdown", channel=office.CHANNEL)
    return {"us": (time.perf_counter() - began) / count * 1e6}


def bare(count: int, _folder: Path) -> dict[str, float]:
    """The same two compiled templates."""
    templates, view = [Renderer().environment.get_template(f"reminder/{name}") for name in ("subject.txt", "body.md")], office.view()
    for template in templates:
        template.render(view)
    began = time.perf_counter()
    for _ in range(count):
        for template in templates:
            template.render(view)
    return {"us": (time.perf_counter() - began) / count * 1e6}


FIGURE = Figure(
    id="P7",
    what="putting a message into words",
    module="rendering",
    variants=("ours", "bare"),
    measures=(Measure("against the compiled templates", "ours.us", "µs", "bare.us", must=2, aim=1.3, at_most=True),),
    size=2_000,
    quick=300,
    full=10_000,
)
