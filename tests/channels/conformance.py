"""What every channel owes to the outbox. Each check gets a channel wired to its stand-in over a real socket (`rigs.Rig`)."""

import io
import logging
from collections.abc import Awaitable, Callable

import pytest

from bot.channels import redact
from bot.channels.base import SendFailed
from bot.domain.messages import Outgoing, Rendered
from bot.domain.words import FailureKind
from bot.sandbox.faults import FaultKind
from tests.channels.rigs import Rig

Check = Callable[[Rig], Awaitable[None]]


async def refused(rig: Rig, message: Outgoing | None = None) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await rig.channel.send(message or rig.message())
    return caught.value


async def a_message_arrives_once_and_whole(rig: Rig) -> None:
    receipt = await rig.channel.send(rig.message("第一行\n第二行 A&B <b> 100% 👍"))
    assert receipt.code
    [shown] = rig.shown()
    assert shown.replace("\r\n", "\n").startswith("第一行\n第二行 A&B <b> 100% 👍")


async def each_code_of_the_platform_has_its_meaning(rig: Rig) -> None:
    for code, kind in rig.codes.items():
        rig.turn_on(FaultKind.CODE, code=code)
        failed = await refused(rig)
        assert (code, failed.kind) == (code, kind)
        assert code in failed.code
    assert rig.shown() == []


async def an_unknown_code_stops_the_message_and_is_shown(rig: Rig) -> None:
    rig.turn_on(FaultKind.CODE, code=rig.unknown_code, text="a word nobody knows")
    failed = await refused(rig)
    assert failed.kind in (FailureKind.CONTENT_BAD, FailureKind.ADDRESS_BAD)
    assert rig.unknown_code in failed.code
    assert "a word nobody knows" in failed.detail


async def a_fault_is_named_by_what_may_have_arrived_and_the_next_message_goes_through(rig: Rig) -> None:
    for kind, meaning in rig.faults.items():
        rig.turn_on(kind)
        assert (kind, (await refused(rig, rig.message(key=f"broken:{kind}"))).kind) == (kind, meaning)
    before = len(rig.shown())
    await rig.channel.send(rig.message(key="whole"))
    assert len(rig.shown()) == before + 1


async def what_was_taken_before_the_connection_broke_is_in_doubt(rig: Rig) -> None:
    rig.turn_on(FaultKind.DROP)
    assert (await refused(rig)).kind is FailureKind.IN_DOUBT
    assert len(rig.shown()) == 1


async def a_throttle_names_the_wait(rig: Rig) -> None:
    code = next((code for code, kind in rig.codes.items() if kind is FailureKind.THROTTLED), "")
    rig.turn_on(FaultKind.CODE, code=code or "451", text="MI:SFQ")
    failed = await refused(rig)
    assert failed.kind is FailureKind.THROTTLED
    assert failed.retry_after
    assert failed.retry_after.total_seconds() >= 1


async def a_body_of_exactly_the_limit_arrives_and_one_byte_more_is_refused_unsent(rig: Rig) -> None:
    limit = rig.channel.limits.max_bytes
    body = "催报" + "报" * ((limit - 6) // 3)
    body += "x" * (limit - len(body.encode()))
    await rig.channel.send(rig.message(body))
    assert rig.shown()[0].startswith(body)
    failed = await refused(rig, rig.message(body + "x"))
    assert (failed.kind, failed.code) == (FailureKind.CONTENT_BAD, "too_long")
    assert len(rig.ledger.messages) == 1


async def an_empty_body_and_half_a_character_are_refused_unsent(rig: Rig) -> None:
    for body in ("", " \n", "a\ud83d"):
        assert (await refused(rig, rig.message(body))).kind is FailureKind.CONTENT_BAD
    assert rig.ledger.messages == []


async def an_address_that_is_not_there_is_the_address_fault(rig: Rig) -> None:
    failed = await refused(rig, rig.message(address=rig.bad_address))
    assert failed.kind is FailureKind.ADDRESS_BAD
    assert rig.bad_address not in str(failed)


async def the_same_message_sent_again_can_be_recognised(rig: Rig) -> None:
    for _ in range(2):
        await rig.channel.send(rig.message())
    first, second = rig.ledger.messages
    assert (first.key, first.text) == (second.key, second.text)
    assert second.shown is not rig.channel.limits.deduplicates
    assert len(rig.shown()) == (1 if rig.channel.limits.deduplicates else 2)


async def two_messages_that_read_alike_stay_two(rig: Rig) -> None:
    for key in ("confirmation:1", "confirmation:2"):
        await rig.channel.send(rig.message(key=key))
    assert len(rig.shown()) == 2


async def the_budget_is_named_for_every_address(rig: Rig) -> None:
    assert rig.channel.robot(rig.address).startswith(rig.channel.name)
    assert rig.channel.robot(rig.bad_address)
    assert len(rig.channel.robot(rig.address)) <= 120


async def no_secret_and_no_address_stands_in_an_error_a_log_or_a_repr(rig: Rig) -> None:
    log, handler = logging.getLogger(), logging.StreamHandler(io.StringIO())
    handler.addFilter(redact.redact)
    handler.addFilter(lambda record: not record.name.startswith("mail."))  # the stand-in's own log
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        spoken = [str(await _outcome(rig, kind)) for kind in (None, *(rig.faults.keys() - {FaultKind.DRIBBLE}), FaultKind.CODE)]
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    logged = handler.stream.getvalue()
    everything = " ".join([*spoken, repr(spoken), logged, repr(rig.channel), repr(vars(rig.channel))])
    for secret in (*rig.secrets, *rig.tokens):
        assert secret not in everything
    assert rig.address not in " ".join(spoken) or rig.channel.limits.group


async def _outcome(rig: Rig, kind: FaultKind | None) -> object:
    if kind is not None:
        rig.turn_on(kind, code=rig.unknown_code, text=f"no good: {' '.join(rig.secrets)} for {rig.address}")
    try:
        return await rig.channel.send(rig.message())
    except SendFailed as failed:
        return (str(failed), repr(failed), failed.detail, repr(failed.__cause__))


async def closing_twice_is_safe(rig: Rig) -> None:
    await rig.channel.send(rig.message())
    await rig.channel.close()
    await rig.channel.close()


async def a_message_with_names_to_highlight_stays_within_the_limit(rig: Rig) -> None:
    limit = rig.channel.limits.max_bytes
    body = "催报" + "x" * (limit - 6)
    rendered = Rendered("标题", body, mentions=("13800000001", "wangwu", "@all"))
    await rig.channel.send(rig.message(rendered=rendered))
    assert rig.shown()[0].startswith(body)


CHECKS: tuple[Check, ...] = (
    a_message_arrives_once_and_whole,
    each_code_of_the_platform_has_its_meaning,
    an_unknown_code_stops_the_message_and_is_shown,
    a_fault_is_named_by_what_may_have_arrived_and_the_next_message_goes_through,
    what_was_taken_before_the_connection_broke_is_in_doubt,
    a_throttle_names_the_wait,
    a_body_of_exactly_the_limit_arrives_and_one_byte_more_is_refused_unsent,
    an_empty_body_and_half_a_character_are_refused_unsent,
    an_address_that_is_not_there_is_the_address_fault,
    the_same_message_sent_again_can_be_recognised,
    two_messages_that_read_alike_stay_two,
    the_budget_is_named_for_every_address,
    no_secret_and_no_address_stands_in_an_error_a_log_or_a_repr,
    closing_twice_is_safe,
    a_message_with_names_to_highlight_stays_within_the_limit,
)

IMPATIENT = frozenset(
    {
        a_fault_is_named_by_what_may_have_arrived_and_the_next_message_goes_through,
        no_secret_and_no_address_stands_in_an_error_a_log_or_a_repr,
    }
)
"""Checks in which the stand-in keeps silent: they run with little patience."""
