"""What an act is refused with: the field, the value that was typed, and what to do instead. The sentences of the desk stand here.

CuibaoError
├── Refused       one field of a form cannot be used
│   └── Changed   somebody else changed it in the meantime
└── Forbidden     the actor's rank does not allow it, whatever the form says
"""

from datetime import date, datetime

from bot.domain import passwords, times
from bot.domain.errors import CuibaoError
from bot.domain.passwords import Weakness
from bot.domain.words import Status, label


class Refused(CuibaoError):
    """Nothing was changed. `field` names the field of the form (empty: the act as a whole), `says` the sentence for the person."""

    def __init__(self, says: str, field: str = "") -> None:
        self.field, self.says = field, says
        super().__init__(says)


class Changed(Refused):
    """The thing is no longer what the person saw when they filled in the form."""


class Forbidden(CuibaoError):
    """The actor's rank does not allow it."""

    def __init__(self) -> None:
        super().__init__("您的账号没有这项权限，什么都没有改变。需要时请联系省级管理员")


def changed(what: str) -> Changed:
    """Told instead of overwriting what somebody else did."""
    return Changed(f"没有保存：在您打开页面之后，{what}。下面是现在的情况，请看过之后再提交一次")


LABELS = {
    "name": "姓名",
    "rank": "权限",
    "unit": "管辖单位",
    "day": "日期",
    "at": "时间",
    "note": "说明",
    "reason": "理由",
    "intent": "应读作",
    "what": "报送内容",
    "rule": "截止规则",
    "hour": "截止钟点",
    "recipient": "报送至",
    "begins": "从哪天起算",
    "ends": "到哪天为止",
    "text": "通知全文",
    "paper": "依据的文件",
}
"""How the pages call the fields, for the sentences below."""


def empty(field: str, example: str) -> Refused:
    """A field that must not be empty."""
    return Refused(f"“{LABELS[field]}”还没有填写，例如：{example}", field)


def long(field: str, length: int, longest: int) -> Refused:
    """A text that does not fit."""
    return Refused(f"“{LABELS[field]}”填了 {length} 个字，最多 {longest} 个字，请缩短", field)


def no_day(field: str, value: str) -> Refused:
    """What should be a day is none."""
    return Refused(f"“{LABELS[field]}”填的是“{value}”，不是日期，应为 2018-10-25 这样的形式", field)


def no_instant(field: str, value: str) -> Refused:
    """What should be a moment is none."""
    return Refused(f"“{LABELS[field]}”填的是“{value}”，不是时间，应为 2018-10-25 16:30 这样的形式", field)


def future(field: str, value: datetime, now: datetime) -> Refused:
    """A moment that is still to come."""
    told, present = (f"{times.local(each):%Y-%m-%d %H:%M}" for each in (value, now))
    return Refused(f"“{LABELS[field]}”填的是 {told}，晚于现在（{present}），请改为实际时间", field)


def past(field: str, value: date, today: date) -> Refused:
    """A day that is over."""
    return Refused(f"“{LABELS[field]}”填的是 {value}，应晚于今天（{today}），请改为以后的日期", field)


def no_choice(field: str, value: str) -> Refused:
    """A choice that is not offered."""
    return Refused(f"“{LABELS[field]}”选的是“{value}”，没有这一项，请从列表里重新选择", field)


def impossible_day(value: date | None) -> Refused:
    """What the letter is said to mean needs another day, or one at all."""
    if value is None:
        return empty("day", "2018-10-25")
    return Refused(f"“{LABELS['day']}”填的是 {value}：承诺和展期的日期不能早于来信当天，已报的日期不能晚于来信当天，请改正", "day")


def happened_since() -> Refused:
    """A correction of a letter that is not the last word on its task."""
    return Refused("没有更正：这封来信之后，这项任务又有新的记录，请到任务页里按现在的情况改")


def no_name() -> Refused:
    """An account without the name of a person."""
    return empty("name", "张三")


def login_form(value: str) -> Refused:
    """A login name that cannot be one."""
    return Refused(f"登录名“{value}”不能用：应为 2 到 40 个小写字母、数字、点、横线，以字母开头，例如 zhangsan", "login")


def login_taken(value: str) -> Refused:
    """Somebody has the login name."""
    return Refused(f"登录名“{value}”已有人使用，请换一个，例如 {value}2", "login")


def account_changed() -> Changed:
    """Somebody else changed the account."""
    return changed("此账号已被别人改动")


def unit_needed() -> Refused:
    """A prefecture's administrator without a prefecture."""
    return Refused("市州管理员必须指定“管辖单位”，请从列表里选择一个", "unit")


def last_manager() -> Refused:
    """The only province administrator may not give up that rank."""
    return Refused("这是最后一个能登录的省级管理员，不能停用或改为其他权限。请先新建另一个省级管理员", "rank")


def weak(found: Weakness) -> Refused:
    """A password that will not do."""
    return Refused(_WEAK[found], "password")


_WEAK = {
    Weakness.SHORT: f"新口令太短，至少 {passwords.SHORTEST} 个字符",
    Weakness.LONG: f"新口令太长，最多 {passwords.LONGEST} 个字符",
    Weakness.PLAIN: f"新口令太简单：不足 {passwords.LONG_ENOUGH} 个字符时，大写字母、小写字母、数字、符号至少要有三种",
    Weakness.NAMED: "新口令里含有登录名，容易被猜到，请换一个",
    Weakness.COMMON: "新口令是常见口令或重复字符，容易被猜到，请换一个",
}


def passwords_differ() -> Refused:
    """The two fields for the new password do not agree."""
    return Refused("两次输入的新口令不一致，请重新输入", "again")


def same_password() -> Refused:
    """The new password is the old one."""
    return Refused("新口令与原口令相同，请换一个", "password")


def factor_there() -> Refused:
    """A second factor is switched on already: it takes the password to switch it off first."""
    return Refused("两步验证已经启用。要换验证器，请先输入口令停用，再重新启用", "code")


def wrong_password() -> Refused:
    """The present password was not the right one."""
    return Refused("原口令不对，没有改变；连续输错会暂停登录。忘记口令请联系省级管理员重置", "old")


def not_let_in() -> Refused:
    """Login name, password or code is wrong, or the account waits; which of them is not said."""
    return Refused(
        "登录名、口令或验证码不正确，或者连续输错次数过多、此账号暂停登录（第5次起，5分钟起逐次加倍）。"
        "请检查大小写和输入法，稍后再试；着急时请联系省级管理员重置，或在服务器上运行 cuibao link"
    )


def code_needed() -> Refused:
    """The password was right, the second factor is still missing."""
    return Refused("此账号启用了两步验证，请再输入验证器上的 6 位数字", "code")


def wrong_code() -> Refused:
    """The code that should prove the authenticator works does not fit."""
    return Refused("验证码不对，两步验证没有启用。请核对手机时间是否准确，再输入当前显示的 6 位数字", "code")


def no_reason() -> Refused:
    """An act that takes a reason got none."""
    return empty("reason", "该单位今年无此类企业")


def does_not_fit(status: Status) -> Refused:
    """The act has no meaning for a task that stands there."""
    return Refused(f"没有改变：这项任务现在是“{label(status)}”，不适用这一操作")


def task_changed() -> Changed:
    """Something happened to the task since the page was opened."""
    return changed("这项任务又有了新的变化（见下面的经过）")


def nothing_chosen() -> Refused:
    """A bulk act without a single box ticked."""
    return Refused("还没有勾选任何任务。请先在进度表里勾选要处理的格子，再点操作")


def not_later(day: date, last: date) -> Refused:
    """A granted day that changes nothing."""
    return Refused(f"“日期”填的是 {day}，不晚于现在的最迟认定日（{last}），请填更晚的日期", "day")


def not_asked() -> Refused:
    """There is no request to refuse."""
    return Refused("没有待决定的展期申请：可能刚刚已经决定，或对方已经报送")


def quiet(until: datetime) -> Refused:
    """An answer holds the chase."""
    return Refused(f"没有催：对方已有答复，约定在 {times.local(until):%m月%d日} 之前不再催。确有必要请电话联系")


def silenced() -> Refused:
    """A silence covers the task."""
    return Refused("没有催：这项任务正在静默中。请先结束静默，再催")


def nobody_reachable() -> Refused:
    """There is nobody to remind."""
    return Refused("没有催：这个单位没有能收到消息的联络员。请先在单位与联络员里补充地址")


def undone_already() -> Refused:
    """There is nothing to take back."""
    return Refused("没有撤销：已经撤销过，或之后又有了新的变化，或已超过 24 小时")


def not_one_unit(words: str, found: list[str]) -> Refused:
    """What was typed names no unit, or several."""
    if not found:
        return Refused(f"没有找到单位“{words}”，请输入单位全称、简称或代码", "words")
    return Refused(f"“{words}”对得上不止一个单位（{'、'.join(found)}），请输入全称或代码", "words")


def no_contact(unit: str) -> Refused:
    """The unit has nobody the sender could be."""
    return Refused(f"{unit} 还没有联络员，请先在单位与联络员里登记，再来绑定", "words")


def nothing_to_decide() -> Refused:
    """The message needs no decision any more."""
    return Refused("这条消息现在不需要决定：可能别人已经处理，或已经发出")


def spoken(field: str, says: str) -> Refused:
    """What the rules below refuse in a sentence of their own, for the field that they were given."""
    return Refused(says, field)


def no_what() -> Refused:
    """An obligation that does not say what is owed."""
    return empty("what", "本地区培育工作开展情况")


def no_paper() -> Refused:
    """Neither a file nor a text."""
    return Refused("还没有内容：请选择通知文件（txt、docx、pdf），或把通知全文粘贴到下面的框里", "text")


def too_big(most: int) -> Refused:
    """A file beyond the limit, in megabytes."""
    return Refused(f"文件超过 {most} MB 的上限，没有保存。请去掉图片和附件另存一份，或把通知全文粘贴到下面的框里", "text")


def doubts_open(numbers: str) -> Refused:
    """Questions that nobody has decided."""
    return Refused(f"还没有下达：疑问 {numbers} 还没有决定。请逐条核对原文，改好草稿后勾选“已核对”", "doubts")


def nothing_taken() -> Refused:
    """A notice of which no draft was ticked."""
    return Refused("还没有勾选任何一条草稿。请至少勾选一条再下达")


def of_draft(number: int, refusal: Refused) -> Refused:
    """The same for one of several drafts."""
    own = refusal.field in ("what", "rule", "hour", "recipient")
    return Refused(f"第 {number} 条：{refusal.says}" if own else refusal.says, f"{refusal.field}-{number}" if own else refusal.field)


def no_basis() -> Refused:
    """A day amended without the paper that says so."""
    return empty("paper", "国办发明电〔2020〕1号")


def no_holidays() -> Refused:
    """A file that is no text."""
    return Refused("这个文件不是文本，读不出放假安排。请选择 holiday-cn 发布的年度 JSON 文件，例如 2027.json", "text")


def no_hour(value: str) -> Refused:
    """What should be an hour is none."""
    return Refused(f"“{LABELS['hour']}”填的是“{value}”，不是钟点，应为 17:00 这样的形式", "hour")


def not_built(on: str, example: str) -> Refused:
    """The builder cannot make a rule of what it was given."""
    return Refused(f"按“{on}”写不出规则，这种频次的“哪天”应填：{example}", "on")


def no_units() -> Refused:
    """An obligation that nobody owes."""
    return Refused("还没有选择报送单位，请在下面的单位树里至少勾选一个", "units")


def ends_early(ends: date, begins: date) -> Refused:
    """The last day lies before the first."""
    return Refused(f"“到哪天为止”填的是 {ends}，早于起算日（{begins}），请改为以后的日期，或留空表示一直有效", "ends")


def long_ago(begins: date, earliest: date) -> Refused:
    """The first day lies so far back that it is more likely a slip."""
    return Refused(f"“从哪天起算”填的是 {begins}，太早了，最早可填 {earliest}：此后每一期都会补建并算作逾期。请核对年份", "begins")


def never_due(begins: date) -> Refused:
    """The rule asks for nothing within the obligation's days."""
    return Refused(f"照这条规则，{begins} 以后没有任何一期要报，请检查规则里的日期和起止日", "rule")


def short_notice(day: date, left: int) -> Refused:
    """Less time than units need (PROMISES E6)."""
    return Refused(f"没有保存：首个截止日是 {day}，离现在只有 {left} 个工作日，不足三个。确有必要，请勾选“时间紧，仍要下达”再保存", "sure")


def not_looked() -> Refused:
    """Nothing about a running obligation is saved unseen."""
    return Refused("还没有保存：请先看右侧（手机上为下方）按现在的内容算出的截止日和影响，看过后再点一次“保存”")


def obligation_changed() -> Changed:
    """Somebody else changed the obligation."""
    return changed("这个报送事项已被别人改动，您填写的内容还在，右侧的影响是对照最新内容算的")
