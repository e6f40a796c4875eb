"""The Markdown that chat platforms show, as HTML that cannot do anything.

The text is escaped first and only then marked up, so nothing in it can become a tag. Known: headings, bold, inline code, quotes,
lists, tables, rules, links, WeCom's `<font color>` and mentions; everything else stays as typed. A link is shown and not followed:
a rehearsal must not lead anyone off the machine; only addresses of this machine can be clicked.
"""

import html as stdlib_html
import itertools
import re
from collections.abc import Callable, Iterator

from markupsafe import Markup

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_RULE = re.compile(r"(?:-{3,}|\*{3,})\s*")
_BULLET = re.compile(r"\s*[-*]\s+(.*)")
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)]\s+(.*)")
_TABLE = re.compile(r"\s*\|.*\|\s*")
_DIVIDER = re.compile(r"[\s|:-]+")
_QUOTE = re.compile(r"\s*(?:&gt;)\s?(.*)")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>https?://[^\s)]+)\)"
    r"|\*\*(?P<bold>[^\n]+?)\*\*"
    r"|&lt;font color=&quot;(?P<colour>info|comment|warning)&quot;&gt;(?P<coloured>.*?)&lt;/font&gt;"
    r"|&lt;(?P<user>@[\w.-]{1,64})&gt;"
    r"|(?P<phone>@1\d{10})\b"
)
_OWN_MACHINE = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?/")


def html(text: str) -> Markup:
    """The text as safe HTML."""
    lines = stdlib_html.escape(text, quote=True).replace("\r\n", "\n").split("\n")
    return Markup("".join(_blocks(lines)))  # noqa: S704  everything was escaped one line above


def _blocks(lines: list[str]) -> Iterator[str]:
    for build, run in itertools.groupby(lines, key=_kind):
        yield build(list(run))


def _kind(line: str) -> Callable[[list[str]], str]:
    """What builds the block this line belongs to; neighbouring lines of one kind are one block."""
    return next((build for begins, build in _BLOCKS if begins.fullmatch(line)), _paragraph)


def _paragraph(lines: list[str]) -> str:
    return f"<p>{'<br>'.join(map(_inline, lines))}</p>"


def _gap(lines: list[str]) -> str:
    return ""


def _headings(lines: list[str]) -> str:
    found = [match for line in lines if (match := _HEADING.fullmatch(line))]
    return "".join(f'<p class="level-{len(match[1])}">{_inline(match[2])}</p>' for match in found)


def _quote(lines: list[str]) -> str:
    found = [match[1] for line in lines if (match := _QUOTE.fullmatch(line))]
    return f"<blockquote>{'<br>'.join(map(_inline, found))}</blockquote>"


def _bullets(lines: list[str]) -> str:
    found = [match[1] for line in lines if (match := _BULLET.fullmatch(line))]
    return f"<ul>{''.join(f'<li>{_inline(text)}</li>' for text in found)}</ul>"


def _numbers(lines: list[str]) -> str:
    """Each item keeps the number that was typed: a gap between two items begins a new list but not a new count."""
    found = [match for line in lines if (match := _NUMBERED.fullmatch(line))]
    items = (f'<li value="{int(match[1])}">{_inline(match[2])}</li>' for match in found)
    return f"<ol>{''.join(items)}</ol>"


def _table(lines: list[str]) -> str:
    rows = [[_inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines if not _DIVIDER.fullmatch(line)]
    if not rows:
        return ""
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _rule(lines: list[str]) -> str:
    return "<hr>" * len(lines)


_BLOCKS: tuple[tuple[re.Pattern[str], Callable[[list[str]], str]], ...] = (
    (re.compile(r"\s*"), _gap),
    (_HEADING, _headings),
    (_RULE, _rule),
    (_QUOTE, _quote),
    (_TABLE, _table),
    (_BULLET, _bullets),
    (_NUMBERED, _numbers),
)


def _inline(text: str) -> str:
    """Marks inside a line; `text` is escaped already."""
    return _INLINE.sub(_mark, text)


def _mark(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["code"] is not None:
        return f"<code>{found['code']}</code>"
    if found["url"] is not None:
        return _link(found["url"], _inline(found["label"]))
    if found["bold"] is not None:
        return f"<strong>{_inline(found['bold'])}</strong>"
    if found["colour"] is not None:
        return f'<span class="font-{found["colour"]}">{_inline(found["coloured"])}</span>'
    return f'<span class="mention">{found["user"] or found["phone"]}</span>'


def _link(url: str, label: str) -> str:
    if _OWN_MACHINE.match(url):
        return f'<a href="{url}" rel="noopener noreferrer" target="_blank">{label}</a>'
    return f'<span class="link" title="{url}">{label}</span>'
