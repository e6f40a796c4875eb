"""The words people read: a golden file for each kind and format, the tone, the strictness, the parts.

After a deliberate change of wording write the golden files anew and read the difference::

    GOLDEN=write .venv/bin/python -m pytest tests/test_render.py && git diff tests/templates
"""

import json
import os
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib import resources
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from bot import render
from bot.domain import bulletin, reminders
from bot.domain.cards import Card
from bot.domain.messages import FileRef, Rendered
from bot.domain.reminders import Line, Total
from bot.domain.words import MessageKind, Punctuality, Status
from bot.domain.workdays import WorkCalendar
from bot.render import BODIES, Renderer

GOLDEN = Path(__file__).parent / "templates"
VIEWS: dict[str, dict[str, dict[str, object]]] = json.loads((GOLDEN / "views.json").read_text(encoding="utf-8"))
CASES = [(MessageKind(kind), name) for kind, views in VIEWS.items() for name in views]
KIND_AND_FORMAT = [(kind, name, form) for kind, name in CASES for form in (*BODIES, "html")]
RENDERER = Renderer()
PLENTY = 100_000


def _rendered(kind: MessageKind, view: dict[str, object], form: str = "text", channel: str = "mail") -> Rendered:
    (message,) = RENDERER.render(kind, view, max_bytes=PLENTY, format=form, channel=channel)
    return message


def _text(kind: MessageKind, view: dict[str, object], form: str) -> str:
    """Subject and body as a golden file holds them."""
    message = _rendered(kind, view, "text" if form == "html" else form)
    return f"{message.subject}\n\n{message.html if form == 'html' else message.body}\n"


@pytest.mark.parametrize(("kind", "name", "form"), KIND_AND_FORMAT)
def test_the_words_are_those_of_the_golden_file(kind: MessageKind, name: str, form: str) -> None:
    file = GOLDEN / kind.value / f"{name}.{ {'text': 'txt', 'markdown': 'md', 'html': 'html'}[form] }"
    text = _text(kind, VIEWS[kind.value][name], form)
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_every_kind_has_golden_views_and_all_four_templates() -> None:
    assert set(VIEWS) == {kind.value for kind in MessageKind}
    folder = resources.files("templates") / "messages"
    for kind in MessageKind:
        assert all((folder / kind.value / name).is_file() for name in ("subject.txt", "body.txt", "body.md", "body.html"))


@pytest.mark.parametrize(("kind", "name", "form"), KIND_AND_FORMAT)
def test_nothing_is_left_unresolved_and_no_blank_line_is_doubled(kind: MessageKind, name: str, form: str) -> None:
    text = _text(kind, VIEWS[kind.value][name], form).rstrip("\n")
    assert not any(mark in text for mark in ("{{", "{%", "}}", "None", "Undefined", "[]", "\n\n\n"))
    lines = text.split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert "\n" not in _rendered(kind, VIEWS[kind.value][name]).subject


@pytest.mark.parametrize(("kind", "name", "form"), KIND_AND_FORMAT)
def test_the_tone_is_polite_and_nobody_is_asked_to_say_received(kind: MessageKind, name: str, form: str) -> None:
    text = _text(kind, VIEWS[kind.value][name], form)
    forbidden = ("！", "收到请回复", "回复收到", "务必", "否则", "批评", "排名", "最后一次", "再不")
    assert not any(word in text for word in forbidden) or text.startswith("<!")
    assert "你" not in text


TO_A_PERSON = (MessageKind.FIRST_NOTICE, MessageKind.REMINDER, MessageKind.OVERDUE)


@pytest.mark.parametrize(("kind", "form"), [(kind, form) for kind in TO_A_PERSON for form in (*BODIES, "html")])
def test_a_letter_says_how_to_answer_once_how_to_stop_it_and_whom_to_complain_to(kind: MessageKind, form: str) -> None:
    text = _text(kind, VIEWS[kind.value]["plain"], form)
    for words in ("已报", "今天报", "改到X日", "零报告", "有困难", "不归我管", "回复一次即可", "即停发", "投诉", "管理员", "谢谢", "0017"):
        assert words in text
    silent = VIEWS[kind.value]["plain"] | {"answer_hint": False}
    assert "回复一次即可" not in _text(kind, silent, form)


@pytest.mark.parametrize("form", [*BODIES, "html"])
def test_a_group_sees_totals_and_no_names(form: str) -> None:
    view = VIEWS["group_notice"]["plain"] | {"items": VIEWS["reminder"]["plain"]["items"], "person": "张三"}
    text = _text(MessageKind.GROUP_NOTICE, view, form)
    assert "榆树市" not in text
    assert "张三" not in text
    assert "70家" in text


def test_texts_to_the_same_person_differ_by_serial_and_by_days() -> None:
    view = VIEWS["reminder"]["plain"]
    assert _rendered(MessageKind.REMINDER, view).body != _rendered(MessageKind.REMINDER, view | {"serial": "0018"}).body


def test_only_mail_of_one_part_has_html() -> None:
    view = VIEWS["reminder"]["plain"]
    assert _rendered(MessageKind.REMINDER, view, channel="mail").html is not None
    assert _rendered(MessageKind.REMINDER, view, channel="wecom_robot").html is None
    parts = RENDERER.render(MessageKind.REMINDER, view, max_bytes=300, format="text", channel="mail")
    assert len(parts) > 1
    assert all(part.html is None for part in parts)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_view_that_lacks_something_is_refused(kind: MessageKind, name: str) -> None:
    view = VIEWS[kind.value][name]
    used = {"person", "serial", "items", "lines", "undo", "about", "choices", "title", "opening", "totals", "missing"} & set(view)
    for key in used - ({"person", "items"} if kind is MessageKind.GROUP_NOTICE else set()):
        with pytest.raises(UndefinedError):
            _rendered(kind, {k: v for k, v in view.items() if k != key})


def test_a_question_nobody_wrote_a_sentence_for_is_refused() -> None:
    with pytest.raises(UndefinedError):
        _rendered(MessageKind.QUESTION, {"about": "no_such_question", "heard": "", "choices": []})


QUESTIONS = ("which_task", "which_meaning", "which_day", "unclear", "unknown_sender", "nothing_open", "too_late_to_undo", "nothing_to_undo")
ANSWERS = ("facts", "already", "question", "handover", "complaint", "decide", "which_request", "decided")


def test_every_question_and_every_answer_has_a_sentence_of_its_own() -> None:
    asked = {_rendered(MessageKind.QUESTION, {"about": about, "heard": "", "choices": []}).body for about in QUESTIONS}
    said = {_rendered(MessageKind.ANSWER, {"about": about, "items": [], "lines": []}).body for about in ANSWERS}
    assert len(asked) == len(QUESTIONS)
    assert len(said) == len(ANSWERS)


CHOSEN_OR_COMPUTED = ("urgency", "about", "notes", "now", "rate", "completeness")


def _poisoned(value: object, poison: str) -> object:
    """`value` with every text in it replaced, except what chooses a sentence and what we computed."""
    if isinstance(value, dict):
        return {key: inner if key in CHOSEN_OR_COMPUTED else _poisoned(inner, poison) for key, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, poison) for inner in value]
    return poison if isinstance(value, str) and value else value


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_mail_escapes_whatever_the_view_holds(kind: MessageKind, name: str) -> None:
    view = _poisoned(VIEWS[kind.value][name], "<script>&")
    assert isinstance(view, dict)
    html = _rendered(kind, view).html or ""
    assert "<script>" not in html
    foreign = "<script>" in json.dumps(view)
    assert ("&lt;script&gt;&amp;" in html) == foreign


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_line_break_in_the_matter_does_not_break_a_row(kind: MessageKind, name: str) -> None:
    plain = json.dumps(VIEWS[kind.value][name], ensure_ascii=False)
    broken = json.loads(plain.replace("培育工作", "培育\\n\\n工作"))
    whole = json.loads(plain.replace("培育工作", "培育 工作"))
    for form in (*BODIES, "html"):
        assert _text(kind, broken, form) == _text(kind, whole, form)


def test_half_a_character_in_what_was_heard_does_not_stop_the_question() -> None:
    view = VIEWS["question"]["plain"] | {"heard": "报了\ud83d"}
    assert "报了?" in _rendered(MessageKind.QUESTION, view).body


def test_a_long_letter_is_cut_between_matters_and_its_parts_are_numbered() -> None:
    item = VIEWS["reminder"]["plain"]["items"]
    assert isinstance(item, list)
    view = VIEWS["reminder"]["plain"] | {"count": 40, "items": [item[0] | {"unit": f"{n}号单位"} for n in range(40)]}
    for form in BODIES:
        parts = RENDERER.render(MessageKind.REMINDER, view, max_bytes=2048, format=form)
        assert len(parts) > 2
        assert [part.part for part in parts] == list(range(1, len(parts) + 1))
        assert all(part.size <= 2048 and part.parts == len(parts) for part in parts)
        assert all(part.body.startswith(f"（{part.part}/{len(parts)}）") for part in parts)
        assert [sum(f" {n}号单位 " in part.body.replace("**", " ") for part in parts) for n in range(40)] == [1] * 40
        assert "…" not in "".join(part.body for part in parts)


WITH_CARD = [(kind, name) for kind, name in CASES if kind in render.WITH_CARD]


def _card(kind: MessageKind, name: str, max_bytes: int = PLENTY, **changes: object) -> Card | None:
    return RENDERER.render(kind, VIEWS[kind.value][name] | changes, max_bytes=max_bytes, format="card")[0].card


@pytest.mark.parametrize(("kind", "name"), WITH_CARD)
def test_the_card_is_that_of_the_golden_file(kind: MessageKind, name: str) -> None:
    file = GOLDEN / kind.value / f"{name}.card.json"
    card = _card(kind, name)
    text = json.dumps(asdict(card) if card else None, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_a_kind_has_a_card_or_a_table_if_and_only_if_there_is_a_template() -> None:
    folder = resources.files("templates") / "messages"
    for kind in MessageKind:
        assert (folder / kind.value / "card.json").is_file() == (kind in render.WITH_CARD)
        assert (folder / kind.value / "table.md").is_file() == (kind in render.WITH_TABLE)


def test_one_matter_is_answered_by_a_tap_and_of_several_one_is_chosen_first() -> None:
    one, two = _card(MessageKind.REMINDER, "plain"), _card(MessageKind.REMINDER, "two")
    assert one
    assert two
    assert {tap.about for tap in one.buttons} == {"task:12"}
    assert (one.options, {tap.about for tap in two.buttons}) == ((), {""})
    assert [tap.about for tap in two.options] == ["", "task:12", "task:13"]


def test_a_letter_of_several_parts_and_a_question_without_choices_have_no_card() -> None:
    assert _card(MessageKind.REMINDER, "plain", max_bytes=300) is None
    assert _card(MessageKind.QUESTION, "plain", choices=[]) is None
    assert _card(MessageKind.QUESTION, "plain", choices=[f"{n}. 一" for n in range(7)]) is None
    assert _card(MessageKind.FIRST_NOTICE, "plain") is None


def test_a_card_holds_whatever_the_notice_holds() -> None:
    items = VIEWS["reminder"]["two"]["items"]
    assert isinstance(items, list)
    card = _card(MessageKind.REMINDER, "two", items=[items[0] | {"what": '"\\}]<&\ud83d\n甲'}, items[1]])
    assert card
    assert card.lines[0][1].endswith(' "\\}]<&? 甲')


def test_platforms_whose_markdown_has_tables_get_the_totals_as_one() -> None:
    view = VIEWS["group_notice"]["two"]
    [table] = RENDERER.render(MessageKind.GROUP_NOTICE, view, max_bytes=PLENTY, format="markdown_v2")
    assert "| 2018年三季度 本地区培育工作开展情况 | 10月19日（星期五）17:00前 | 70家 | 12家 | 58家 |" in table.body
    [letter] = RENDERER.render(MessageKind.REMINDER, VIEWS["reminder"]["plain"], max_bytes=PLENTY, format="markdown_v2")
    assert (letter.format, letter.body) == ("markdown_v2", _rendered(MessageKind.REMINDER, VIEWS["reminder"]["plain"], "markdown").body)


LINK = "https://cuibao.example.com/r/12-6890.AbC_d-e"


@pytest.mark.parametrize(
    ("form", "words"), [("text", f"：\n{LINK}"), ("markdown", f"[在网页上办理]({LINK})"), ("html", f'<a href="{LINK}">在网页上办理</a>')]
)
@pytest.mark.parametrize("kind", [MessageKind.REMINDER, MessageKind.CONFIRMATION, MessageKind.QUESTION])
def test_a_link_to_the_reply_page_stands_at_the_foot_of_every_format(kind: MessageKind, form: str, words: str) -> None:
    view = VIEWS[kind.value]["plain"]
    assert words in _text(kind, view | {"link": LINK}, form)
    assert "网页" not in _text(kind, view, form)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_link_is_whole_in_one_part_and_every_part_keeps_the_limit(form: str) -> None:
    view = VIEWS["reminder"]["two"] | {"link": LINK}
    for limit in range(260, 700, 40):
        parts = RENDERER.render(MessageKind.REMINDER, view, max_bytes=limit, format=form)
        assert all(part.size <= limit for part in parts)
        assert sum(LINK in part.body for part in parts) == 1


@pytest.mark.parametrize("kind", [MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.QUESTION])
def test_a_card_leads_to_the_reply_page_of_its_person_and_says_so(kind: MessageKind) -> None:
    card = _card(kind, "plain", link=LINK)
    assert card is not None
    assert (card.url, card.link) == (LINK, "打开办理页面")


def test_files_go_with_the_first_part() -> None:
    file = {"name": "名单.xlsx", "media_type": "application/zip", "digest": "0" * 64}
    parts = RENDERER.render(MessageKind.GROUP_NOTICE, VIEWS["group_notice"]["plain"] | {"files": [file]}, max_bytes=200, format="text")
    assert [part.files for part in parts] == [(FileRef(**file),)] + [()] * (len(parts) - 1)


def test_mentions_go_with_the_first_part() -> None:
    view = VIEWS["group_notice"]["plain"] | {"mentions": ["13800000001", "zhangsan"]}
    parts = RENDERER.render(MessageKind.GROUP_NOTICE, view, max_bytes=200, format="text")
    assert [part.mentions for part in parts] == [("13800000001", "zhangsan")] + [()] * (len(parts) - 1)


NOW = datetime(2018, 10, 16, 1, 7, tzinfo=UTC)
LINE = Line(
    task_id=1, obligation_id=1, unit_id=1, unit="榆树市经济局", what="本地区培育工作开展情况", period="2018Q3",
    nominal=date(2018, 10, 20), target=date(2018, 10, 19), limit=date(2018, 10, 22), hour=time(17), status=Status.PROMISED,
    promised_on=date(2018, 10, 17), extended_to=None, rung="t-3", recipient="省促进中小企业发展服务中心", emails=("x@example.com",),
    phones=(), sentence="每季度次月20日前上报", published=datetime(2018, 9, 21, tzinfo=UTC),
)  # fmt: skip


@pytest.mark.parametrize("kind", [*TO_A_PERSON, MessageKind.ESCALATION])
def test_the_letters_of_the_domain_can_be_rendered(kind: MessageKind) -> None:
    letter = reminders.letter([LINE], NOW, WorkCalendar(), person="张三", serial=17)
    for form in BODIES:
        message = _rendered(kind, reminders.view(letter), form)
        assert "2018年三季度" in message.body
        assert "10月19日（星期五）17:00前" in message.body.replace("**", "")


def test_the_group_letters_of_the_domain_can_be_rendered() -> None:
    total = Total("本地区培育工作开展情况", "2018Q3", date(2018, 10, 19), date(2018, 10, 22), time(17), 70, 12)
    letter = reminders.group_letter([total], NOW, WorkCalendar(), group="工作群", serial=17)
    assert "应报70家，已收到12家，尚有58家" in _rendered(MessageKind.GROUP_NOTICE, reminders.view(letter)).body


def test_the_circular_of_the_domain_can_be_rendered() -> None:
    opening = bulletin.Opening("各市（州）工信局", "《通知》", "三季度工作情况", date(2018, 10, 22))
    rows = [
        bulletin.Row(f"{punctuality.value}局", "county", n, punctuality, NOW, 1, None, True) for n, punctuality in enumerate(Punctuality)
    ]
    drafted = bulletin.draft("关于报送情况的通报", rows, NOW, opening)
    for form in BODIES:
        body = _rendered(MessageKind.BULLETIN, bulletin.view(drafted), form).body
        assert all(f"{punctuality.value}局" in body for punctuality in Punctuality)
        assert "草稿" in body
        assert "八、下一步要求" in body
