"""What a question asks for, and what a notice says it has attached."""

import pytest

from bot.domain.asked import Asked, attachments, wanted


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("什么时候截止", {Asked.WHEN}),
        ("最晚几号报", {Asked.WHEN}),
        ("模板在哪", {Asked.TEMPLATE}),
        ("截止几号，用什么表格", {Asked.WHEN, Asked.TEMPLATE}),
        ("发哪个邮箱", set()),
        ("找谁", set()),
    ],
)
def test_what_is_asked_for_is_told_by_its_words(text, what):
    assert wanted(text) == what


@pytest.mark.parametrize(
    ("notice", "names"),
    [
        ("正文。\n附件：“百千万”企业推荐名单\n\n厅", ("“百千万”企业推荐名单",)),
        ("正文。\n　　附件：1.推荐表\n　　2.汇总表\n落款", ("推荐表", "汇总表")),
        ("正文（见附件）。请填写附件1。", ()),
        ("", ()),
    ],
)
def test_attachments_are_those_the_notice_lists(notice, names):
    assert attachments(notice) == names
