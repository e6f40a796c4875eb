"""Rows for the tables of the notice reader: (text, day of issue, expected «rule first-due», why)."""

from datetime import date

from bot.domain import notices

Row = tuple[str, str, list[str], str]


def read(text: str, issued: str) -> list[str]:
    """What the reader finds in `text`, as the tables write it: the rule, and the first due day where there is one."""
    reading = notices.read(text, date.fromisoformat(issued) if issued else None)
    return [
        f"{one.rule} {one.due[0]}" if one.due and not one.rule.startswith(("once", "dates")) else one.rule for one in reading.obligations
    ]
