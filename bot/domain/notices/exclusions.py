"""What looks like a duty and is none: other acts, single persons, the issuing body itself."""

import re
from typing import Final

from bot.domain.notices.duty import ORGAN
from bot.domain.notices.patterns import any_of

_FINAL: Final = any_of(
    "施行 领取 实施(?!方案|细则|意见|情况|办法|计划) 生效 召开 举行 举办 公示(?!系统|平台) 缴纳 缴费 交费 支付 拨付 付款 缴款 汇款 "
    "汇[入至到] 存入 转入 "
    "划拨 入学 考试 面试 体检"
    rf" 报到(?![^,。;]{{0,16}}{ORGAN}) 复议 诉讼 起诉 上诉 到账 兑现"
)
_OTHER: Final = any_of(
    f"{_FINAL} 执行(?!情况|报告) 公布 公开(?!信息) 公告 发布 结算 参加(?!单位|人员) 出席 到会 开学 开放 复试 放假 上班 休息 成立 "
    f"下达 印发 下发 开标 截标"
    " 作出 决定 受理 办结 审结 审批(?!表) 批复 答复 颁发 核发 发给 送达 退还 退回 返还 发放 划转 开工 竣工 建成 投产 开通 上线 "
    "启用 废止 失效 有效期"
    " 免费 调试"
)
_FINAL_ACT: Final = re.compile(_FINAL)
_OTHER_ACT: Final = re.compile(_OTHER)


def other_act(words: str) -> bool:
    """Whether these words, standing between a time and a verb, claim the time for something that is no handing in."""
    return bool(_OTHER_ACT.search(words))


def final_act(words: str) -> bool:
    """Whether they do so for good: whatever is chained to a meeting or a payment, its time is not that of a report."""
    return bool(_FINAL_ACT.search(words))


_OF_PERSONS: Final = "的?(?:名单|信息|材料|情况|数据|统计|事迹|名额|汇总|花名册|档案|登记|推荐)"
"""What bodies hand in about persons: the words name the thing then, not who hands it in."""
_PERSON: Final = re.compile(
    any_of(
        "学生 同学 考生 申请人 申请者 申报者 举报人 投诉人 信访人 个人(?!所得|信息|总结|自查|事项) 本人 毕业生 "
        "研究生(?!院|处|教育|工作|招生) 硕士 博士生"
        " 硕生 博生 新生 选手 参赛者 报名者 应聘 求职 家长 居民(?!委员会|人口) 村民(?!委员会) 业主(?!委员会) 家庭 当事人 被处罚 "
        "职工本人 作者 消费者"
        " 投保人 购房 患者 旅客 公民 市民 各位 监护人 导师 教职工(?!代表) 学员 候选人 录取"
    )
    + rf"(?!{_OF_PERSONS})"
)
_BODY: Final = re.compile(
    any_of(
        "各(?!位|申报|同学|学生|考生|选手|参赛|作者|项目负责) 单位 部门 学院 学校 局 委(?!员(?!会)) 厅 办公室 机构 企业 公司 "
        "院系 系部 机关 "
        "主管 政府 处室 中心 支部 党委"
        " 书院 集团 协会 组织 班级 辅导员 申报主体 经营者 设区 市州"
    )
)


_RESULT: Final = re.compile(r"^[^将把请须应]{0,30}(?:考核|评审|评选|审核|评估|抽查|检查|竞赛|考试)结果(?:于|在)?$")


def is_result(before: str, act: str) -> bool:
    """Whether a result is made known to all (考核结果于12月底前反馈。), which the issuing body does.

    `act`: the verb and the mark after it.
    """
    return bool(re.fullmatch(r"(?:反馈|回复|通知)[。;,]?", act) and _RESULT.search(before))


_PARTY: Final = re.compile(
    r"[甲乙丙供需买卖]方|出租方|承租方|出租人|承租人|[发承]包[方人]|中标人|招标人|投标(?:人|文件)|响应文件|受托方|委托方"
)


def is_between_parties(words: str) -> bool:
    """Whether the words are a term of a contract between its parties, or of a tender."""
    return bool(_PARTY.search(words))


def is_for_persons(subject: str) -> bool:
    """Whether the subject of a duty is single persons (students, applicants), and no body among them."""
    return bool(_PERSON.search(subject)) and not _BODY.search(subject)


_OBJECTION: Final = re.compile(r"(?:如|若|对|凡)[^。;]{0,30}(?<!没)(?:有|持)[^,。;无]{0,4}异议")


def is_objection(before: str, act: str) -> bool:
    """Whether somebody may object to what is made public (公示期内如有异议，请于…反映): nobody has to.

    `act`: the verb. Remarks on a draft (对征求意见稿如有异议，请反馈) are asked for, so that only a public notice makes others of it.
    """
    return bool(_OBJECTION.search(before)) and (act in ("反映", "提出") or "公示" in before)


_OWN: Final = re.compile(
    r"[我本](?:局|厅|委|部|处|办|院|校|中心|会|公司|单位)(?:[^,。;]{0,10})?(?:将|拟|定|会|计划)$|(?:将|拟|(?<![规约固])定|预计)(?:于|在)$"
    r"|(?:厅|局|委|部|处|办|院|中心|会|公司|办公室)将(?:统一|适时|集中|分别)?(?:组织|邀请|聘请|委托|会同)[^,。;]{0,20}(?<![况案料单结告表划见议果件])[于在]$"
    r"|(?:省|市|部|上级|国家)(?:厅|局|委|里|级)?(?:要求)?的?(?:报送|上报)?截止(?:日期|时间)(?:为|是|:)?$"
    r"|(?<![报送馈交给至向与到发由])我(?:局|厅|委|部|处|办|院|校|中心|会|公司)(?:须|应|要|需)?(?:于|在)?$"
)


def is_own(before: str) -> bool:
    """Whether the words before a time say that the issuing body itself will act (我局将于…)."""
    return bool(_OWN.search(before))
