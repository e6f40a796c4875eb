"""A period's name as people say it: 2018Q3 is 2018年三季度."""

import re

_ORDINALS = "一二三四"
_NAME = re.compile(
    r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|-W(?P<week>\d{2})|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?:#(?P<place>\d+))?"
)


def label(name: str) -> str:
    """The Chinese words for a period's name; `once` is 本次. A name of another form is returned as it is."""
    found = _NAME.fullmatch(name)
    if not found:
        return "本次" if name == "once" else name
    return f"{found['year']}年{_part(found)}" + (f"第{found['place']}次" if found["place"] else "")


def _part(found: re.Match[str]) -> str:
    if found["quarter"]:
        return f"{_ORDINALS[int(found['quarter']) - 1]}季度"
    if found["half"]:
        return "上半年" if found["half"] == "1" else "下半年"
    if found["week"]:
        return f"第{int(found['week'])}周"
    if found["month"]:
        return f"{int(found['month'])}月" + (f"{int(found['day'])}日" if found["day"] else "")
    return ""
