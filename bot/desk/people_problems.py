"""What an act about units and people is refused with: the sentences, beside those of `bot.desk.problems`."""

from datetime import date

from bot.desk.problems import Changed, Refused, changed
from bot.domain import roster
from bot.domain.words import Role, label
from bot.talk.handover import Verdict

ROLES = (Role.PRIMARY, Role.SUBSTITUTE, Role.LEADER, Role.GROUP, Role.ADMIN)
_LABELS = {
    "name": roster.PERSON,
    "phone": roster.PHONE,
    "channel": roster.CHANNEL,
    "address": roster.ADDRESS,
    "role": roster.ROLE,
    "since": "从哪一天起",
    "until": "最后一天",
    "note": "说明",
}


def cell(field: str, value: str, expected: str) -> Refused:
    """A field that says something a roster's cell must not say."""
    told = f"填的是“{value[:40]}”" if value else "还没有填写"
    return Refused(f"“{_LABELS[field]}”{told}：{expected}", field)


def no_name() -> Refused:
    """A person without a name."""
    return cell("name", "", "请写姓名；工作群写群名")


def group_phone(value: str) -> Refused:
    """A number for a group chat."""
    return cell("phone", value, "工作群没有手机，请留空")


def no_day(field: str, value: str) -> Refused:
    """What should be a day is none."""
    return cell(field, value, "应为 2018-10-25 这样的日期，或留空")


def no_choice(field: str, value: str) -> Refused:
    """A choice that is not offered."""
    return cell(field, value, "没有这一项，请从列表里重新选择")


def half(field: str) -> Refused:
    """A channel without an address, or the other way round."""
    return cell(field, "", "渠道和地址要一起写，或都留空")


def backwards(since: date, last: date) -> Refused:
    """A role that would end before it begins."""
    return cell("until", str(last), f"早于开始的日期 {since}，请改为 {since} 或以后的日期")


def kinds_differ(role: Role, kind: str) -> Refused:
    """A group's role for a person, or the other way round."""
    expected = "工作群只能担任“工作群”" if kind == "group" else "“工作群”是给群用的，请给人选别的角色"
    return cell("role", label(role), expected)


def taken(value: str, name: str) -> Refused:
    """An account that somebody else has; an empty name: who it is lies outside of what the actor may see."""
    who = f"“{name}”" if name else "其他单位的人"
    return cell("address", value, f"这个账号在系统里是{who}的，一个账号只能是一个人（或一个群）的。请核对，或先在对方那里停用")


def known_there(value: str) -> Refused:
    """The person has this address already."""
    return cell("address", value, "已经在列表里了；若被标为失效，请点“恢复使用”")


def holds_it(name: str, role: Role) -> Refused:
    """The person holds that role already."""
    return cell("role", label(role), f"{name} 已经担任，无需再加；要改日期请先点“改日期”")


def changed_person() -> Changed:
    """Somebody changed the person since the page was opened."""
    return changed("这个人的资料又有了新的变化")


def not_ours() -> Refused:
    """A person who also serves units outside of the actor's."""
    return Refused("没有改变：这个人还在您管辖范围以外的单位任职，姓名、电话和地址请由省级管理员修改")


def handover(verdict: Verdict) -> Refused:
    """Why a change of contact was not taken over."""
    says, field = _HANDOVERS[verdict]
    return Refused(f"没有改变：{says}", field)


_HANDOVERS = {
    Verdict.DECIDED_BEFORE: ("这件换人的事刚才已经处理过了", ""),
    Verdict.NAMELESS: ("来信里没有写接任者的姓名，请在“姓名”里补上", "name"),
    Verdict.UNREACHABLE: ("接任者还没有能收到消息的地址，请补上“渠道”和“地址”，否则这个单位就没有人收得到提醒了", "address"),
    Verdict.NO_ROLE: ("提出换人的人已经不是这个单位的联络员，请改为直接在下面新增联络员", ""),
}


def no_file() -> Refused:
    """A form for a file, sent without one."""
    return Refused("还没有选择文件，或文件是空的。请点“选择文件”，选填好的名单（.xlsx 或 .csv）再上传", "file")


def too_big(megabytes: int) -> Refused:
    """A file that is far beyond any roster."""
    return Refused(f"文件超过 {megabytes} MB 的上限，没有保存。名单不会这么大，请检查是否选错了文件", "file")


def unusable(says: str) -> Refused:
    """A file that is no table we can read."""
    return Refused(says, "file")


def nothing_usable() -> Refused:
    """A table in which no row can be taken over."""
    return Refused("没有导入：名单里没有可以导入的行。请按下面列出的位置改好，再上传")


def roster_changed() -> Changed:
    """The known units or people are others than when the table was looked at."""
    return changed("系统里的单位或人员又有了变化，这份名单的效果与刚才看到的不同")
