"""The closed sets of the product and their Chinese labels: one word per thing, in code, pages and messages."""

from enum import StrEnum


class Status(StrEnum):
    """Where a task stands. Overdue is not here: it follows from the due date and now."""

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    PROMISED = "promised"
    BLOCKED = "blocked"
    REPORTED = "reported"
    ZERO_REPORT = "zero_report"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXEMPT = "exempt"


CLOSED = frozenset({Status.REPORTED, Status.ZERO_REPORT, Status.ACCEPTED, Status.EXEMPT})
"""Statuses in which nothing is owed any more: nobody is reminded."""


class Punctuality(StrEnum):
    """How the circular names a task; judged by the reading kindest to the sender (PROMISES A4)."""

    ON_TIME = "on_time"
    ON_TIME_DUE_DAY = "on_time_due_day"
    ON_TIME_SHIFTED = "on_time_shifted"
    LATE = "late"
    MISSING = "missing"
    OPEN = "open"
    EXEMPT = "exempt"
    UNCLEAR = "unclear"


class Role(StrEnum):
    """What a person is to a unit. SUPERIOR is derived: the primary contact of the unit above. GROUP is a group chat.

    ADMIN looks after the programme of the unit: told of what goes wrong, asked for decisions; never chased as such.
    """

    PRIMARY = "primary"
    SUBSTITUTE = "substitute"
    LEADER = "leader"
    SUPERIOR = "superior"
    GROUP = "group"
    ADMIN = "admin"


class Rank(StrEnum):
    """What an administrator may do (PROMISES D6): everything, everything in one subtree, read everything, read."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    AUDITOR = "auditor"
    READER = "reader"


class Intent(StrEnum):
    """What an answer means (the data's labelling rules define each; `ack` is never `done`)."""

    DONE = "done"
    IN_PROGRESS = "in_progress"
    PROMISE = "promise"
    EXTENSION_REQUEST = "extension_request"
    DIFFICULTY = "difficulty"
    NOT_RESPONSIBLE = "not_responsible"
    HANDOVER = "handover"
    QUESTION = "question"
    ACK = "ack"
    CORRECTION_NOT_DONE = "correction_not_done"
    ZERO_REPORT = "zero_report"
    IRRELEVANT = "irrelevant"


class MessageKind(StrEnum):
    """What a message is for; each has a folder of templates of the same name in `templates/messages/`."""

    FIRST_NOTICE = "first_notice"
    GROUP_NOTICE = "group_notice"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    CONFIRMATION = "confirmation"
    QUESTION = "question"
    ANSWER = "answer"
    BULLETIN = "bulletin"
    ADMIN_ALERT = "admin_alert"


ANSWERS = frozenset({MessageKind.CONFIRMATION, MessageKind.QUESTION, MessageKind.ANSWER})
"""Kinds that are said only because somebody has said something (RFC 3834 tells them from what a machine says by itself)."""

CHASING = (MessageKind.GROUP_NOTICE, MessageKind.FIRST_NOTICE, MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.ESCALATION)
"""Kinds that carry reminders, the mildest first."""


class FailureKind(StrEnum):
    """Why a platform did not take a message; the outbox decides from this alone what happens next (DESIGN 5.5)."""

    THROTTLED = "throttled"
    TRANSIENT = "transient"
    ADDRESS_BAD = "address_bad"
    CREDENTIAL_BAD = "credential_bad"
    CONTENT_BAD = "content_bad"
    IN_DOUBT = "in_doubt"


class MessageState(StrEnum):
    """pending → sending → sent | retry | unknown | dead | superseded (the diagram is in the README)."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    DEAD = "dead"
    SUPERSEDED = "superseded"


_WORDS: tuple[tuple[StrEnum, str], ...] = (
    (Status.PENDING, "未报"),
    (Status.ACKNOWLEDGED, "已收悉"),
    (Status.IN_PROGRESS, "办理中"),
    (Status.PROMISED, "承诺"),
    (Status.BLOCKED, "有困难"),
    (Status.REPORTED, "已报"),
    (Status.ZERO_REPORT, "零报告"),
    (Status.ACCEPTED, "已核收"),
    (Status.RETURNED, "退回"),
    (Status.EXEMPT, "免报"),
    (Punctuality.ON_TIME, "按时"),
    (Punctuality.ON_TIME_DUE_DAY, "按时（截止日当天）"),
    (Punctuality.ON_TIME_SHIFTED, "按时（顺延日）"),
    (Punctuality.LATE, "逾期报送"),
    (Punctuality.MISSING, "逾期未报"),
    (Punctuality.OPEN, "未到期"),
    (Punctuality.EXEMPT, "免报"),
    (Punctuality.UNCLEAR, "情况待核"),
    (Role.PRIMARY, "联络员"),
    (Role.SUBSTITUTE, "替补联络员"),
    (Role.LEADER, "分管领导"),
    (Role.SUPERIOR, "上级单位"),
    (Role.GROUP, "工作群"),
    (Role.ADMIN, "管理员"),
    (Rank.PROVINCE, "省级管理员"),
    (Rank.PREFECTURE, "市州管理员"),
    (Rank.AUDITOR, "审计员"),
    (Rank.READER, "只读"),
    (Intent.DONE, "已报"),
    (Intent.IN_PROGRESS, "办理中"),
    (Intent.PROMISE, "承诺"),
    (Intent.EXTENSION_REQUEST, "申请展期"),
    (Intent.DIFFICULTY, "有困难"),
    (Intent.NOT_RESPONSIBLE, "不归我管"),
    (Intent.HANDOVER, "换联系人"),
    (Intent.QUESTION, "提问"),
    (Intent.ACK, "收悉"),
    (Intent.CORRECTION_NOT_DONE, "更正：尚未报"),
    (Intent.ZERO_REPORT, "零报告"),
    (Intent.IRRELEVANT, "无关"),
    (MessageKind.FIRST_NOTICE, "首次通知"),
    (MessageKind.GROUP_NOTICE, "群内提醒"),
    (MessageKind.REMINDER, "催报"),
    (MessageKind.OVERDUE, "逾期催报"),
    (MessageKind.ESCALATION, "提请协调"),
    (MessageKind.CONFIRMATION, "确认"),
    (MessageKind.QUESTION, "追问"),
    (MessageKind.ANSWER, "答复"),
    (MessageKind.BULLETIN, "通报"),
    (MessageKind.ADMIN_ALERT, "告警"),
    (MessageState.PENDING, "待发"),
    (MessageState.SENDING, "发送中"),
    (MessageState.SENT, "已发"),
    (MessageState.RETRY, "待重发"),
    (MessageState.UNKNOWN, "是否送达不明"),
    (MessageState.DEAD, "发送失败"),
    (MessageState.SUPERSEDED, "不再需要"),
    (FailureKind.THROTTLED, "平台限流"),
    (FailureKind.TRANSIENT, "暂时故障"),
    (FailureKind.ADDRESS_BAD, "地址无效"),
    (FailureKind.CREDENTIAL_BAD, "凭证无效"),
    (FailureKind.CONTENT_BAD, "内容被拒"),
    (FailureKind.IN_DOUBT, "是否送达不明"),
)
_LABELS = {(type(word), word): text for word, text in _WORDS}
"""By kind and member: members of two sets that are spelled alike are equal as strings (both PENDING are)."""


def label(word: StrEnum) -> str:
    """The Chinese word for a member of one of these sets. Raises KeyError for a member without one (a test forbids it)."""
    return _LABELS[type(word), word]
