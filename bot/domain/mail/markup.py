"""HTML to lines of text, in one pass: what stands in a quotation is marked with `> ` as in plain mail, so that one cutter serves both.

Not with the parser of the standard library: unclosed comments make it read the rest again for each (CVE-2025-6069). Nothing is fetched.
"""

import html
import re
from collections import Counter
from typing import Final

CUT: Final = "\ue000"
"""A line of its own: everything below it is quoted. From the private use area; mails that bring it themselves lose it."""
RULE: Final = "----------"
"""What a line across the page becomes."""
LONGEST: Final = 3_000_000
"""Characters of markup that are read."""
_DEEPEST: Final = 300
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "br",
        "includetail",
    ]
)
_VOID: Final = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_SILENT: Final = frozenset(["script", "style", "head", "title", "noscript", "template", "object", "svg", "math"])
_NAME: Final = re.compile(r"/?([a-z][a-z0-9:_-]*)")
_ATTRIBUTE: Final = re.compile(r"([a-z][a-z0-9:_-]*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_SPACE: Final = re.compile("[ \t\r\n\f]+")
_QUOTE_CLASS: Final = re.compile(
    r"\b(?:gmail_attr|moz-cite-prefix|ntes-mailmaster-quote|yahoo_quoted|protonmail_quote|qmail_quote|gmail_quote_container_body)\b"
)
_QUOTE_ID: Final = re.compile(
    r"isreplycontent|original-content|ntes-pcmail-quote|ntes-mailmaster-quote|orgmail|xmail_original|mail-editor-reference", re.I
)
_CUT_ID: Final = re.compile(r"(?:x_)*(?:divrplyfwdmsg|appendonsend|replysplit|mail-reference-message-container)", re.I)
_SIGNATURE: Final = re.compile(r"signature|(?:card|mail)[_-]?sign\b", re.IGNORECASE)
"""In the class or id of an element: the writer's card or the program's own line."""
_CITED: Final = re.compile(r"(?:border|padding|margin)-left", re.I)
_OUTLOOK_RULE: Final = re.compile(
    r"border-top:\s*(?:solid\s*#(?:e1e1e1|b5c4df)\s*1(?:\.0)?pt|(?:#(?:e1e1e1|b5c4df)\s*1(?:\.0)?pt\s*solid))", re.I
)
_HIDDEN: Final = re.compile(r"display:\s*none|mso-hide:\s*all|visibility:\s*hidden", re.I)


def text(markup: str) -> str:
    """The lines a reader sees, quotations marked with `> `, signatures that are marked as such left out."""
    return _Reader(markup[:LONGEST].replace(CUT, "")).read()


class _Reader:
    """`_open` are the elements one is in: name, and whether it quotes (1), is not shown (2), or keeps its spaces (3)."""

    def __init__(self, markup: str) -> None:
        self._markup, self._low = markup, markup.translate(_LOWER)
        self._open: list[tuple[str, int]] = []
        self._depth = [0, 0, 0, 0]
        self._names: Counter[str] = Counter()
        self._lines: list[str] = []
        self._line: list[str] = []

    def read(self) -> str:
        at, end = 0, len(self._markup)
        while at < end:
            start = self._markup.find("<", at)
            self._say(self._markup[at : start if start >= 0 else end])
            if start < 0:
                break
            at = self._tag(start)
        self._break()
        return "\n".join(self._lines).strip("\n")

    def _tag(self, at: int) -> int:
        """Read the tag that begins here; returns where to go on."""
        if self._markup.startswith("<!--", at):
            return (self._markup.find("-->", at + 4) + 3) if self._markup.find("-->", at + 4) >= 0 else len(self._markup)
        name = _NAME.match(self._low, at + 1)
        if name is None and self._markup[at + 1 : at + 2] not in ("!", "?"):
            self._say("<")
            return at + 1
        end = self._end_of_tag(at)
        if end < 0:
            return len(self._markup)
        if name is not None:
            self._element(name[1], at, end)
            if name[1] in ("script", "style") and self._low[at + 1] != "/":
                close = self._low.find(f"</{name[1]}", end)
                return close if close >= 0 else len(self._markup)
        return end + 1

    def _end_of_tag(self, at: int) -> int:
        """The `>` of the tag: not one within quotation marks, of which a few are looked at."""
        end = self._markup.find(">", at)
        for _ in range(3):
            if end < 0 or end - at > 20_000 or self._markup.count('"', at, end) % 2 == 0:
                break
            end = self._markup.find(">", end + 1)
        return end if end >= 0 else self._markup.find(">", at)

    def _element(self, name: str, at: int, end: int) -> None:
        if self._low[at + 1] == "/":
            self._close(name)
            return
        if name in _BLOCKS:
            self._break(blank=name == "br")
        if name == "hr" and not self._depth[2]:
            self._lines.append("> " * min(self._depth[1], 3) + RULE)
        if name in ("td", "th"):
            self._line.append(" ")
        attributes = self._attributes(at, end)
        if _CUT_ID.fullmatch(attributes.get("id", "")) or _OUTLOOK_RULE.search(attributes.get("style", "")):
            self._mark()
        if name not in _VOID and self._markup[end - 1] != "/" and len(self._open) < _DEEPEST:
            role = _role(name, attributes)
            self._open.append((name, role))
            self._depth[role] += 1
            self._names[name] += 1

    def _attributes(self, at: int, end: int) -> dict[str, str]:
        if end - at < 6:
            return {}
        return {name: value.strip("\"'") for name, value in _ATTRIBUTE.findall(self._low[at : min(end, at + 4000)])}

    def _close(self, name: str) -> None:
        if name in _BLOCKS:
            self._break()
        while self._names[name]:
            each, role = self._open.pop()
            self._depth[role] -= 1
            self._names[each] -= 1
            if each == name:
                return

    def _say(self, words: str) -> None:
        if not words or self._depth[2]:
            return
        words = html.unescape(words) if "&" in words else words
        if self._depth[3]:
            *whole, rest = words.split("\n")
            for line in whole:
                self._line.append(line)
                self._break(blank=True)
            self._line.append(rest)
        else:
            self._line.append(_SPACE.sub(" ", words))

    def _break(self, *, blank: bool = False) -> None:
        """End the line; an empty one is left out unless it is meant (`blank`, or a space that does not break)."""
        line = "".join(self._line)
        self._line = []
        if line.strip(" \xa0"):
            self._lines.append("> " * min(self._depth[1], 3) + (line if self._depth[3] else line.strip(" ")))
        elif (blank or "\xa0" in line) and not self._depth[2]:
            self._lines.append("")

    def _mark(self) -> None:
        self._break()
        if not self._depth[2]:
            self._lines.append(CUT)


def _role(name: str, attributes: dict[str, str]) -> int:
    told = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    if name in _SILENT or _HIDDEN.search(attributes.get("style", "")) or _SIGNATURE.search(told) or name in ("sign", "signature"):
        return 2
    if name == "includetail" or _QUOTE_CLASS.search(told) or _QUOTE_ID.search(told):
        return 1
    if name == "blockquote":
        return int(bool(attributes.keys() & {"type", "class", "cite", "id", "name"} or _CITED.search(attributes.get("style", ""))))
    return 3 if name == "pre" else 0
