"""How days, hours, periods, countdowns and refusals are written in Chinese inside the views that templates get.

Phrases only, of the subject matter itself; whole sentences to people stand in `templates/`.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from bot.domain import period_names, times
from bot.domain.words import Status, label

_WEEKDAYS = "一二三四五六日"


def period_word(name: str) -> str:
    """`2018Q3` → 2018年三季度; empty for `once`, whose matter needs no period beside it."""
    return "" if name == "once" else period_names.label(name)


def day_word(day: date, today: date) -> str:
    """10月19日; with the year if it is not that of `today`."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def day_and_weekday(day: date, today: date) -> str:
    """10月22日（星期一）."""
    return f"{day_word(day, today)}（星期{_WEEKDAYS[day.weekday()]}）"


def day_and_hour(day: date, hour: time, today: date) -> str:
    """10月19日（星期五）17:00."""
    return f"{day_and_weekday(day, today)}{hour:%H:%M}"


def moment_word(at: datetime) -> str:
    """An instant as the clocks of Shanghai show it, always with the year: 2018年10月23日9:05."""
    local = times.local(at)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}:{local:%M}"


def full_day(day: date) -> str:
    """2018年10月22日（星期一）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def days_ahead(workdays: int) -> str:
    """Before the day we aim for: 还有3个工作日."""
    return f"还有{workdays}个工作日"


def due_today() -> str:
    """On the day we aim for, and on the last day that is on time."""
    return "今天截止"


def due_at_latest(day: date, today: date) -> str:
    """After the day we aim for and before the last day: 最迟10月22日."""
    return f"最迟{day_word(day, today)}"


def days_over(workdays: int) -> str:
    """After the last day that is on time: 已逾期2个工作日."""
    return f"已逾期{workdays}个工作日"


def returned() -> str:
    """A report that was sent back; the first one's time still counts, so nothing is overdue."""
    return "已退回，请补正后重报"


def you_said_today() -> str:
    """The follow-up on a promised day, to the person who promised (B5)."""
    return "您说今天报"


def promised(day: date, today: date) -> str:
    """A promise that stands, to anybody."""
    return f"已承诺{day_word(day, today)}报送" + ("，尚未收到" if day < today else "")


def silence_ended(day: date, today: date) -> str:
    """A reminder after a pause says why it comes again."""
    return f"暂停提醒已于{day_word(day, today)}结束"


def extended(day: date, today: date) -> str:
    """A granted extension."""
    return f"已同意展期至{day_word(day, today)}"


def status_word(status: Status) -> str:
    """The label of a status. 未报 stands here too: `MessageState.PENDING` is the equal string and has the later label in `words.LABELS`."""
    return "未报" if status is Status.PENDING else label(status)


def which_one() -> str:
    """Above the choices of a card that speaks of several matters."""
    return "哪一项"


def on_the_web() -> str:
    """Before a card's link to the page where the matter can be dealt with."""
    return "网页"


def handled() -> str:
    """On a button that was pressed and has had its effect."""
    return "已处理"


def listed(phrases: Sequence[str]) -> str:
    """The phrases that are not empty, one after the other."""
    return "；".join(phrase for phrase in phrases if phrase)


def matter(what: str, period: str) -> str:
    """What was to be handed in for which period: 2018年三季度工作情况报告."""
    return period_word(period) + what


def circular_title(what: str, period: str) -> str:
    """关于2018年三季度工作情况报告报送情况的通报."""
    return f"关于{matter(what, period)}报送情况的通报"


def document(title: str, number: str) -> str:
    """A document as a circular cites it: 《标题》（文号）."""
    return f"《{title}》" + (f"（{number}）" if number else "")


def template(title: str, number: str, attachments: Sequence[str]) -> str:
    """Where the form to fill in is found: 表样见《标题》（文号）附件：名单."""
    paper = document(title, number) if title else "通知"
    return f"表样见{paper}附件：{'；'.join(attachments)}" if attachments else f"{paper}未列附件，表样请向报送单位索取"


def not_delivered(unit: str) -> str:
    """Footnote of the circular on a unit that no reminder of ours has reached."""
    return f"{unit}：催报消息未能送达，请核实后再行认定。"


def extension_footnote(unit: str, day: date) -> str:
    """Footnote of the circular on a unit that was given more time."""
    return f"{unit}：经同意展期至{full_day(day)}。"


def small_group_footnote(smallest: int) -> str:
    """Footnote of the circular where rates are left out."""
    return f"可认定的单位不足{smallest}家的，只列家数，不计比率。"


def percent(permille: int | None) -> str:
    """957 → 95.7%; empty where there is no rate."""
    return "" if permille is None else f"{permille // 10}.{permille % 10}%"


def bad_windows(text: str) -> str:
    """Why sending windows cannot be used, and how to write them."""
    return f"发送时段“{text}”无法使用：请按“09:00-11:30,13:30-16:30”填写，每段至少15分钟，按先后排列且不重叠"


_FLAWS = {
    "empty": "没有任何梯次",
    "nobody": "没有收件角色，永远不会发出",
    "key_taken": "名称与前面的梯次重复",
    "not_first": "首次通知须以发布时间为准并命名为 first，其他梯次不得如此",
    "wrong_side": "截止前的梯次须在截止日当天或之前，逾期的梯次须在最迟认定日之后，且不超过250个工作日",
    "before_lead": "早于该报告期开始提示的日子，会被首次通知取代，永远不会发出",
    "not_after_previous": "不晚于前一梯次，会被合并，永远不会单独发出",
    "outside_windows": "时间不在发送时段内，到时发不出去",
    "busy_minute": "时间落在整点或半点，请错开几分钟",
}


NOT_OWED = "报送事项改动后不再报送"
"""Note of the fact that exempts a task nobody owes any more; it is looked for when the unit or the period comes back."""


def flawed_ladder(name: str, flaws: Sequence[tuple[str, str]]) -> str:
    """Why a ladder cannot be saved: each rung's key with its flaw (`ladder.Flaw`)."""
    named = "；".join(f"{key}：{_FLAWS[flaw]}" if key else _FLAWS[flaw] for key, flaw in flaws)
    return f"梯次“{name}”不能保存，请修改后再试。{named}"


_DEAD = {
    "before_publication": "早于首次通知，已并入首次通知",
    "with_first_notice": "与首次通知同日，已并入首次通知",
    "overtaken": "不早于后一梯次，已并入后一梯次",
    "after_closing": "在关闭报送之后",
}


def dead_rung(reason: str) -> str:
    """Why a rung does not fire in a period (`ladder.DeadReason`)."""
    return _DEAD[reason]


_REASONS = {
    "says_reported": "答复已报",
    "says_reported_earlier": "答复此前某日已报，请核对收件记录",
    "says_zero": "答复零报告",
    "under_way": "答复正在办理",
    "promised_in_time": "承诺的日子在期限内",
    "promised_without_day": "承诺报送但未说日子，按办理中记",
    "promised_past_limit": "承诺的日子晚于最迟认定日，按申请展期处理",
    "more_time_asked": "申请展期",
    "more_time_not_needed": "所求日子仍在期限内，按承诺记，不必展期",
    "difficulty": "答复有困难，转人工",
    "not_theirs": "答复不归其管，转人工",
    "received_is_not_reported": "“收到”不等于已报",
    "taken_back": "更正：尚未报送",
    "no_status": "未涉及报送状态",
    "unsure": "把握不足，先问一句",
    "day_missing": "未说明延到哪一天，先问一句",
    "day_past": "所说的日子已经过去，先问一句",
    "day_ahead": "说已报但日子在后，先问一句",
}


def decision_reason(reason: str) -> str:
    """Why an answer became what it became (`status.Reason`)."""
    return _REASONS[reason]
