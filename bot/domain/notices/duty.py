"""Which words hand something in: verbs of reporting, told from nouns that look the same, and from what is no handing in."""

import re
from dataclasses import dataclass
from typing import Final

ORGAN: Final = (
    r"(?:厅|局|委|委员会|办|办公室|部|处|科|股|室|院|府|会|中心|司|组|站|所|队|校|学院|公司|单位|部门|机关|机构|行|邮箱|信箱|平台|系统|群"
    r"|人|窗口|街道|乡|镇|县|区|市|省|厂|社|馆|总队|支队|大队|署|署长|库|网站|E-?mail|[Qq]{2})"
)
_TO: Final = (
    r"(?:至|到|给|往|来|回|予|我[厅局委办部处院会省市县区校]?|本[厅局委办部处院会校]|省|市|县|区|州|国|中央|上级|上一级|主管|所在|同级|本级|当地|[^,。;:、()]{1,36}"
    + ORGAN
    + ")"
)

_STRONG: Final = (
    r"报送|上报|呈报|填报|报备|提报|汇报|反馈|函复|复函|回函|函告|回复|答复意见|提交|递交|呈交|呈送|上交|汇交|送交|送达|寄送|邮寄|寄回|寄至|寄到|寄往|寄交|寄达"
    r"|传真|传至|传到|回传|上传|录入|填录|发至|发送|发到|发回|发给|发往|送至|送到|送往|送来|报至|报来|报给|报回|交至|交到|交给|交回|交齐|交送|报齐|抄报|抄送|提供|报到(?=[^,。;]{0,20}"
    + ORGAN
    + r")|报出|直报|网报|零报告|报审|报批|送审|推送|报知|移交|缴交|补报|续报|核报|编报|转报|报请(?=[^,。;]{0,30}(?:备案|审定))"
)
_GUARDED: Final = (
    rf"(?<![上填申呈汇年月季旬日快电简通海壁学晚公预警情周半板虚瞒谎漏迟零举海表])报(?!名|告|销|纸|道|考|酬|废|刊|警|社|表|价|账|批|经|送|备|请|数|文|税|关|户|盘|喜|国家标准)(?={_TO})"
    rf"|(?<![上提递移成外社转呈汇送缴相杂])交(?!流|通|易|接|警|叉|换|付|代|纳|费|款|由|办|底|往|界)(?={_TO}|[^,。;]{{0,12}}[份套])"
    rf"|(?<![报寄发呈抄赠推输移运配选护递传])送(?!别|货|医|检|餐|交|达|审|给养)(?={_TO})"
    rf"|(?<![印颁下开转核签补研出分引激揭爆激多])发(?!展|布|文|生|现|放|挥|改|票|起|动|电|行|改委|言|表|明|证|货|育|包)(?={_TO}|[^,。;]{{0,8}}@|电子)"
)
_WEAK: Final = (
    r"申报(?!书|单位|材料|工作|企业|项目|通知|条件|指南|要求|程序|范围|对象|主体|资格|人|者|数据|名额|截止|时间|方式|表|纳税|缴|流程|期|日期|要点|的|资料|类|平台|系统|奖|年度|书)"
    r"|备案(?!审查|材料|登记|号|证明|制度|机关|管理|工作|的|表|信息|手续|通知|编号|回执|情况|系统)"
    r"|(?<=书面)报告|(?<=综合)报告|(?<=专题)报告|(?<=及时)报告|(?<=如实)报告|(?<=一次)报告|(?<=一并)报告|(?<=定期)报告|(?<=分别)报告|报告(?=省|市|县|区|我|上级|国|主管|当地|所在|本级|同级)"
    r"|报名(?!表|费|条件|方式|时间|截止|人|者|的|参加|材料|资格|回执|系统|日期|地点|网站|流程|平台|登记|要求|通道|开始|结束|信息|成功)"
    r"|(?<=择优)推荐|推荐(?=至|到|给|上报|[一二三四五六七八九十0-9]{1,3}(?:名|个|家|项|人|件|篇|部))"
    r"|填写(?=完毕|完成|提交)"
)
_TOWARDS: Final = re.compile(r"向[^,。;]{1,40}?(?P<verb>报告|申报|备案|通报|提出|推荐|反映|书面说明|说明|申请|汇报|提报)")
_IN_SYSTEM: Final = re.compile(
    r"(?:系统|平台|网上|网站|在线|登录|登陆|小程序|直报)[^。;]{0,30}?(?P<verb>填写|填报|录入|登记|更新|提交|确认|填列|申请)"
)
_VERB: Final = re.compile(f"(?P<strong>{_STRONG}|{_GUARDED})|(?P<weak>{_WEAK})")

_NOMINAL: Final = re.compile(
    r"(?:的(?!同时)|时间|日期|时限|期限|截止|方式|要求|单位(?!负责|主要|.{0,4}(?:汇总|报))|渠道|途径|地址|邮箱(?!:|.{0,4}@)|制度|工作(?!总结|情况|计划|报告|方案|信息|进展|台账|动态|要点|简报|自查|开展)|程序|流程|格式|份数|对象|范围|内容(?:包括|为|:)|质量|责任|机制|通知|意见汇总|人(?!员|数|民|才|选|口|力|社)|者)"
)
_NOUN_BEFORE: Final = re.compile(
    r"(?:[的之等]|工作|停止|逾期|未|不|没有|拒绝|拒不|已|已经|曾|无法|无需|不再|不得|免于|是否|未按时|未及时|未按要求|未按期|需要?补充)$"
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
            found.setdefault(
                hit.start("verb"),
                Verb(hit.start("verb"), hit.end(), hit["verb"], weak=hit["verb"] in ("申请", "提出", "说明", "登记", "更新")),
            )
    return [found[start] for start in sorted(found) if _is_verb(text, found[start])]


def _is_verb(text: str, verb: Verb) -> bool:
    after, before = text[verb.end : verb.end + 14], text[max(0, verb.start - 5) : verb.start]
    if _NOUN_BEFORE.search(before) and not before.endswith(("等工作", "等", "之")):
        return False
    if verb.word in ("反馈", "传真", "报备") and re.match(r"意见(?:表|稿|建议表|的|是)|号|:|机|件", after) and not re.match(r"意见", after):
        return False
    if after.startswith("工作"):
        return bool(_CARRIED_OUT.search(text[max(0, verb.start - 60) : verb.start]))
    return not _NOMINAL.match(after)


_TIME_NOUN: Final = re.compile(
    r"(?:报送|上报|填报|申报|提交|反馈|报名|递交|交|送|回复|备案|报备|报表|寄送|征集|推荐|材料接收|受理|收件|投稿|交稿|报出|回执)"
    r"(?:(?!会议|活动|考试|培训)[^,。;:]){0,8}(?:截止|时间|时限|期限|日期|截至)"
)
_TIME_HEADING: Final = re.compile(
    r"(?:报送|上报|填报|提交|反馈|递交|申报|报名|材料|报表|推荐|征集)[^,。;:]{0,8}(?:时间|时限|期限|日期|截止)|^(?:时间|时限)要求$"
)


def names_a_time(text: str) -> bool:
    """Whether the words announce a time for handing in (报送时间, 截止日期), so that no verb need follow."""
    return bool(_TIME_NOUN.search(text))


def heads_times(heading: str) -> bool:
    """Whether a heading announces times for handing in."""
    return bool(_TIME_HEADING.search(heading))


_OTHER_ACT: Final = re.compile(
    r"施行|实施(?!方案|细则|意见|情况|办法|计划)|生效|执行(?!情况|报告)|召开|举行|举办|公示|公布|公开(?!信息)|公告|发布|缴纳|缴费|交费|支付|拨付|付款|结算|缴款|汇款|划拨|参加|出席|到会|报到(?![^,。;]{0,16}"
    + ORGAN
    + r")|入学|开学|开放|考试|面试|体检|复试|放假|上班|休息|成立|下达|印发|下发|开标|截标|作出|决定|受理|办结|审结|审批(?!表)|批复|答复|颁发|核发|发给|复议|诉讼|起诉|上诉|送达|退还|退回|返还|发放|划转|到账|兑现|开工|竣工|建成|投产|开通|上线|启用|废止|失效|有效|免费|调试"
)


def other_act(text: str) -> bool:
    """Whether these words, standing between a time and a verb, claim the time for something that is no handing in."""
    return bool(_OTHER_ACT.search(text))


_FINAL_ACT: Final = re.compile(r"施行|实施|生效|召开|举行|举办|公示|缴纳|缴费|交费|支付|拨付|报到|入学|考试|复议|诉讼|上诉|起诉")


def final_act(text: str) -> bool:
    """Whether the other act is one after which nothing of the same time follows, whatever is chained to it."""
    return bool(_FINAL_ACT.search(text))


_PERSON: Final = re.compile(
    r"学生|同学|考生|申请人|申请者|个人(?!所得|信息|总结|自查|事项)|本人|毕业生|研究生(?!院|处|教育|工作|招生)|硕士|博士生|硕生|博生|新生|选手|参赛者|报名者|应聘|求职|家长|居民(?!委员会|人口)|村民(?!委员会)|业主(?!委员会)|家庭|当事人|被处罚|纳税人识别|职工本人|作者|消费者|投保人|购房|患者|旅客|公民|市民|监护人|导师|教职工(?!代表)|学员|候选人|拟录取|录取|党员(?!干部.{0,4}名单)"
)
_BODIES: Final = re.compile(
    r"各|单位|部门|学院|学校|局|委|厅|办公室|机构|企业|公司|院系|系部|机关|主管|政府|处室|中心|支部|党委|党支部|书院|集团|协会|组织|班级|辅导员|申报主体|经营者|设区|市州"
)


def is_for_persons(subject: str) -> bool:
    """Whether the subject of a duty is single persons (students, applicants), and no body among them."""
    return bool(_PERSON.search(subject)) and not _BODIES.search(subject)


_OWN: Final = re.compile(
    r"(?:我|本)(?:局|厅|委|部|处|办|院|校|中心|会|公司|单位)(?:[^,。;]{0,10})?(?:将|拟|定|会|计划)$|(?:将|拟|定|计划|预计)(?:于|在)$"
)


def is_own(before: str) -> bool:
    """Whether the words before a time say that the issuing body itself will act (我局将于…)."""
    return bool(_OWN.search(before))
