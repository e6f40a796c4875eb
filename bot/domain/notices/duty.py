"""Which words hand something in: verbs of reporting, told from nouns that look the same, and labels that announce a time for it."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.notices.patterns import any_of

ORGAN: Final = any_of(
    "厅 局 委 委员会 办 办公室 部 处 科 股 室 院 府 会 中心 司 组 站 所 队 校 学院 公司 单位 部门 机关 机构 行 邮箱 信箱 平台 系统 群 人"
    " 窗口 街道 乡 镇 县 区 市 省 厂 社 馆 总队 支队 大队 署 库 网站 E-?mail [Qq]{2}"
)
"""How the name of a receiving body (or place) ends."""

_TO: Final = any_of(
    "至 到 给 往 来 回 予 我[厅局委办部处院会省市县区校]? 本[厅局委办部处院会校] 省 市 县 区 州 国 中央 上级 上一级 主管 所在 "
    "同级 本级 当地 (?:电子)?(?:邮箱|信箱|邮件)"
    rf" [部厅局委院处办](?=[,。;)备审]|$) [^,。;:、()]{{1,36}}{ORGAN}"
)
_STRONG: Final = any_of(
    "报送 上报 呈报 填报 报备 提报 汇报(?!材料|会|人|提纲|内容|稿|片|视频|单位) 反馈 函复 复函 回函 函告 回复 提交"
    " 递交 呈交 呈送 上交 汇交 送交 送达 寄送 邮寄 寄回 寄至 寄到 寄往 寄交"
    " 传真 传至 传到 回传 上传 录入 填录 发至 发送 发到 发回 发给 发往 送至 送到 送往 送来 报至 报来 报给 报回 交至 交到 交给 "
    "交回 交齐 交送 报齐 [报寄送交]\\([报寄送交]\\)[达送至到给]?"
    rf" 抄报 抄送 提供 报到(?!情况|率|统计|人数|名单|证|表)(?=[^,。;]{{0,20}}{ORGAN})"
    r" 报出 直报(?!系统|平台|单位|企业|率|制|数据) 网报 零报告 报审 报批 送审 "
    rf"推送 报知 移交 缴交"
    " 惠复 赐复 示复 (?:告知|通知|知会|返回|退回?)(?=我[局厅办处部院委]|会务组|组委会|省[^内]|市[^场民]) 来函(?=说明|告知|确认|明确)"
    " 补报 续报 核报 编报 转报 报请(?=[^,。;]{0,30}(?:备案|审定))"
)
_NOT_AFTER_REPORT: Final = (
    "报 名 告 销 纸 道 考 酬 废 刊 警 社 表 价 账 批 经 送 备 请 数 文 税 关 户 盘 喜 国家标准 研究 到"  # 报名, 报告, 报销, …
)
_BARE: Final = any_of(
    "(?<=[前内底])报(?!名|告|到|销|送|备|批|经|请|审)"
    rf" (?<![上填申呈汇年月季旬日快电简通海壁学晚公预警周半板虚瞒谎漏迟零举])报(?!{any_of(_NOT_AFTER_REPORT)})(?={_TO})"
    " (?<=前)[交送](?=[,。;、]|$)"
    " (?<=[各再])报(?=[一两二三1-3]次)"
    " (?<![上提递移成外社转呈汇送缴相杂])交(?!交|流|通|易|接|警|叉|换|付|代|纳|费|款|由|办(?!公|事)|底|往|界)"
    rf"(?={_TO}|[^,。;]{{0,12}}[份套])"
    rf" (?<![报寄发呈抄赠推输移运配选护递传])送(?!送|别|货|医|检|餐|交|达|审|给养)(?={_TO})"
    " (?<![印颁下开转核签补研出分引激揭爆多])发(?!发|展|布|文|生|现|放|挥|改|票|起|动|电|行|言|表|明|证|货|育|包)"
    rf"(?={_TO}|[^,。;]{{0,8}}@|电子)"
)
_APPLY: Final = (
    "申报(?!书|单位|材料|工作|企业|项目|通知|条件|指南|要求|程序|范围|对象|主体|资格|人|者|数据|名额|截止|时间|方式|表|纳税|缴|流程|期|日期|要点"
    "|资料|类|平台|系统|奖|年度)"
)
_FILE: Final = "备案(?!审查|材料|登记|号|证明|制度|管理|工作|表|信息|手续|通知|编号|回执|情况|系统)"
_REPORT: Final = any_of(
    " ".join(f"(?<={manner})报告" for manner in ("书面", "电话", "综合", "专题", "及时", "如实", "一次", "一并", "定期", "分别"))
    + " (?<=[两二三四2-4]次)报告"
    " (?<=[前内])报告 报告(?=省|市|县|区|我|上级|国|主管|当地|所在|本级|同级)"
)
_SIGN_UP: Final = (
    "报名(?!表|费|条件|方式|时间|截止|人|者|参加|材料|资格|回执|系统|日期|地点|网站|流程|平台|登记|要求|通道|开始|结束|信息|成功)"
)
_RECOMMEND: Final = "(?:(?<=择优)推荐|推荐(?=至|到|给|上报|[一二三四五六七八九十0-9]{1,3}(?:名|个|家|项|人|件|篇|部)))"
_WEAK: Final = any_of(f"{_APPLY} {_FILE} {_REPORT} {_SIGN_UP} {_RECOMMEND} 填写(?=完毕|完成|提交) 更新(?=一次)")

_VERB: Final = re.compile(f"(?P<strong>{_STRONG}|{_BARE})|(?P<weak>{_WEAK})")
_BOOK: Final = re.compile(r"《[^《》]{1,80}》")
_TOWARDS: Final = re.compile(
    r"向[^,。;]{1,40}?(?P<verb>报告|申报|备案|通报|提出|推荐|反映|说明|汇报|提报|申请(?!复|行政|仲裁|听证|回避|延期|人民|国家赔偿))"
)
_IN_SYSTEM: Final = re.compile(
    r"(?:系统|平台|网上|网站|在线|登录|登陆|小程序|直报)[^。;]{0,30}?(?P<verb>填写|填报|录入|登记|更新|提交|确认|填列|申请(?!数据|表|书|材料|信息|人))"
)

APPLYING: Final = frozenset({"申请", "提出", "说明", "登记", "更新"})
"""Verbs that bring something before a body without reporting to it."""
_LIGHT: Final = APPLYING | {"备案", "申报", "推荐"}

_INTO_SYSTEM: Final = frozenset({"上传", "录入", "填录", "发至", "传至", "报至", "送至", "交至"})

_NOUN_AFTER: Final = re.compile(
    any_of(
        "的(?!同时) 时间 日期 时限 期限 截止 方式 要求 单位(?!负责|主要|.{0,4}(?:汇总|报)) 渠道 途径 地址 "
        "制度 程序 流程"
        " 格式 份数 对象 范围 内容(?:包括|为|:) 质量 责任 机制 通知 意见汇总 情况(?:进行|予以|将|纳入|作为|通报) "
        "人(?=[,。;:的)]|$|应|须|负责|联系|签) 者"
    )
)
_NOUN_BEFORE: Final = re.compile(
    any_of("的 停止 逾期 未 不 没有 拒绝 拒不 已 已经 曾 无法 无需 不得 免于 是否 特此 重复 不再[^,。;]{0,4} 未按时 未及时 未按要求 未按期")
    + "$"
)
_DOWNWARD: Final = re.compile(
    r"(?:至|到|给|了)?(?:各(?!自|级)|保证金|被?申请人|当事人|被|举报人|投诉人|信访人|原告|行政相对人|学生(?!工作|处|科|所在)|家长|考生|本人)"
)
_WORK: Final = re.compile(
    r"工作(?!总结|情况|计划|报告|方案|信息|进展|台账|动态|要点|简报|自查|开展|小结|安排|联系|经验|成效|建议|汇报|材料)"
)
_CARRIED_OUT: Final = re.compile(r"(?:完成|做好|抓好|组织好|开展)[^。;]{0,50}$")


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that hands something in, at `start` to `end` (exclusive) of its sentence. `weak`: alone it proves little."""

    start: int
    end: int
    word: str
    weak: bool = False


def verbs(text: str) -> list[Verb]:
    """The verbs of a cleaned sentence that hand something in, in order."""
    found = {hit.start(): Verb(hit.start(), hit.end(), hit.group(), hit["weak"] is not None) for hit in _VERB.finditer(text)}
    for pattern in (_TOWARDS, _IN_SYSTEM):
        for hit in pattern.finditer(text):
            found.setdefault(hit.start("verb"), Verb(hit.start("verb"), hit.end(), hit["verb"], hit["verb"] in _LIGHT))
    titles = [hit.span() for hit in _BOOK.finditer(text)]
    return [
        found[start]
        for start in sorted(found)
        if _is_verb(text, found[start]) and not any(opened < start < closed for opened, closed in titles)
    ]


def _is_verb(text: str, verb: Verb) -> bool:
    """Whether the word is used as a verb: nouns show by their neighbours (报送的材料, 上报时间, 已报送, 形成书面报告报…)."""
    after, before = text[verb.end : verb.end + 14], text[max(0, verb.start - 5) : verb.start]
    if _NOUN_BEFORE.search(before):
        return False
    if _WORK.match(after):
        return bool(_CARRIED_OUT.search(text[max(0, verb.start - 60) : verb.start]))
    if verb.word == "报告" and (before.endswith(("成书面", "写书面", "交书面")) or after.startswith(("报", "送", "交", "上报"))):
        return False
    if after.startswith("邮箱") and not verb.word.endswith(("至", "到", "给", "往", "送", "发", "传真")):
        return False
    if re.match(r"系统|平台|软件", after) and verb.word not in _INTO_SYSTEM:
        return False
    if verb.weak and re.match(r"机关|部门|机构|办理", after):
        return False
    return not _NOUN_AFTER.match(after) and not _DOWNWARD.match(after)


_TIME_NOUN: Final = re.compile(
    any_of("接收 报送 上报 填报 申报 提交 反馈 报名 递交 交 送 回复 备案 报备 报表 寄送 征集 推荐 材料接收 受理 收件 投稿 交稿 报出 回执")
    + r"(?:(?!会议|活动|考试|培训)[^,。;:]){0,8}(?:截止|时间|时限|期限|日期|截至)"
)
_TIME_HEADING: Final = re.compile(
    any_of("报送 上报 填报 提交 反馈 递交 申报 报名 材料 报表 推荐 征集") + r"[^,。;:]{0,8}(?:时间|时限|期限|日期|截止)|^(?:时间|时限)要求$"
)
_REPORT_NAME: Final = re.compile(r"(?:[日周旬月季年快]|[月季年]度)快?报")
_REPORT_LABEL: Final = re.compile(_REPORT_NAME.pattern + r"表?(?:的?(?:报送)?时间)?(?:为|:|在|于|应于){1,2}$")


def announces(sentence: str, heading: str) -> bool:
    """Whether a sentence may name a time for handing in without any verb: it, or the heading above it, says so."""
    return names_a_time(sentence) or heads_times(heading) or bool(_REPORT_NAME.search(sentence))


def names_a_time(text: str) -> bool:
    """Whether the words announce a time for handing in (报送时间, 截止日期), so that no verb need follow."""
    return bool(_TIME_NOUN.search(text))


_TIME_LABEL: Final = re.compile(_TIME_NOUN.pattern + r"(?:为|:)(?:[^。;:]{0,60}[,、])?[\u4e00-\u9fff]{0,6}$")


def labels_a_time(lead: str) -> bool:
    """Whether the words before a time end in such a label, or in the next item of its list (上报截止时间：县级9月18日，市级…)."""
    return bool(_TIME_LABEL.search(lead[-100:]))


def names_a_report(lead: str) -> bool:
    """Whether the words right before a time label it as that of a report (月报：次月5日前)."""
    return bool(_REPORT_LABEL.search(lead))


def heads_times(heading: str) -> bool:
    """Whether a heading announces times for handing in."""
    return bool(_TIME_HEADING.search(heading))
