"""Links to the reply page: signed, one person's, and over one day."""

from datetime import timedelta

import pytest
from office import at

from bot.domain.words import MessageKind
from bot.talk.reply_links import FORM_LIFE, LIFE, LINKED, Link, LinkRefused, Refusal, ReplyLinks

NOW = at("10-16 09:20")
LINKS = ReplyLinks(b"k" * 32, "https://cuibao.example.com")


def refusal(read, *arguments) -> Refusal:
    with pytest.raises(LinkRefused) as refused:
        read(*arguments)
    return refused.value.refusal


@pytest.mark.parametrize("link", [Link(7), Link(7, 12)])
def test_a_link_names_its_person_and_perhaps_a_task(link):
    token = LINKS.token(link, NOW)
    assert LINKS.read(token, NOW) == link
    assert LINKS.url(link, NOW) == f"https://cuibao.example.com/r/{token}"
    assert len(token) < 70


def test_a_link_is_the_same_all_day_so_that_a_message_worded_again_says_the_same():
    assert LINKS.token(Link(7), NOW) == LINKS.token(Link(7), at("10-16 16:00"))


def test_a_link_can_be_used_on_its_last_day_and_not_after():
    token = LINKS.token(Link(7), NOW)
    assert LINKS.read(token, at("11-30 23:59")) == Link(7)
    assert refusal(LINKS.read, token, NOW + LIFE + timedelta(days=1)) is Refusal.EXPIRED


def test_every_changed_character_makes_it_a_forgery():
    token = LINKS.token(Link(7), NOW)
    for place in range(len(token) - 1):  # the last character of a base64 text has bits that mean nothing
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert refusal(LINKS.read, other, NOW) is Refusal.FORGED


@pytest.mark.parametrize("token", ["", ".", "7", "7-1", "7-9999.", "é", "7-6890.\u4e00", "a" * 5000, "%00"])
def test_what_is_no_link_is_a_forgery(token):
    assert refusal(LINKS.read, token, NOW) is Refusal.FORGED


def test_links_of_another_installation_and_marks_of_forms_are_no_links():
    other = ReplyLinks(b"x" * 32, "https://cuibao.example.com")
    assert refusal(LINKS.read, other.token(Link(7), NOW), NOW) is Refusal.FORGED
    assert refusal(LINKS.read, LINKS.form(7, NOW), NOW) is Refusal.FORGED
    assert refusal(LINKS.read_form, LINKS.token(Link(7), NOW), NOW) is Refusal.FORGED


def test_every_page_has_a_mark_of_its_own_that_ages():
    first, second = LINKS.form(7, NOW), LINKS.form(7, NOW)
    assert LINKS.read_form(first, NOW).serial != LINKS.read_form(second, NOW).serial
    assert LINKS.read_form(first, NOW + FORM_LIFE).person_id == 7
    assert refusal(LINKS.read_form, first, NOW + FORM_LIFE + timedelta(seconds=1)) is Refusal.EXPIRED
    assert refusal(LINKS.read_form, first, NOW - timedelta(seconds=1)) is Refusal.EXPIRED


def test_where_nobody_can_come_no_link_is_made():
    assert ReplyLinks(b"k" * 32, "").url(Link(7), NOW) == ""


def test_a_group_gets_no_link():
    assert MessageKind.GROUP_NOTICE not in LINKED
