"""One spelling for what can be typed in many: width, case, invisible marks, traditional characters, slips of the keyboard."""

import re
import unicodedata

INVISIBLE = dict.fromkeys(
    code
    for first, last in (
        (0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x7F), (0xAD, 0xAD), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200F),
        (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFFC, 0xFFFC), (0x20E3, 0x20E3),
        (0x1F3FB, 0x1F3FF), (0xE0000, 0xE007F),
    )
    for code in range(first, last + 1)
)  # fmt: skip
"""Control characters, zero-width and direction marks, variation selectors, skin tones: deleted."""

TRADITIONAL = (
    "報發傳過還沒給個們後來時將點開郵電話單總結這裡請問嗎麼會業應該縣區聯繫誰幾號週爾無與為辦處長領導書記對錯說話認確寫傷對數據統計審"
)
SIMPLIFIED = (
    "报发传过还没给个们后来时将点开邮电话单总结这里请问吗么会业应该县区联系谁几号周尔无与为办处长领导书记对错说话认确写伤对数据统计审"
)
MORE_TRADITIONAL = (
    "經級簽檔項務責負實質達遲滿臺調換職據舊東車進門關圖難題隨齊斷類準備價買賣條優產廠萬億兩屬從類壞儘盡導讓連網絡線頁頓習總終"
    "預計劃匯彙錄補複復製織組"
)
MORE_SIMPLIFIED = (
    "经级签档项务责负实质达迟满台调换职据旧东车进门关图难题随齐断类准备价买卖条优产厂万亿两属从类坏尽尽导让连网络线页顿习总终"
    "预计划汇汇录补复复制织组"
)

CHARACTERS = {
    **INVISIBLE,
    **{ord(a): b for a, b in zip(TRADITIONAL + MORE_TRADITIONAL, SIMPLIFIED + MORE_SIMPLIFIED, strict=True)},
    **{ord(a): "," for a in "，､﹐"},
    **{ord(a): "。" for a in "｡．"},
    **{ord(a): '"' for a in "“”„‟"},
    **{ord(a): "'" for a in "‘’"},
    **{ord(a): " " for a in "\u00a0\u3000\t"},
    **{ord(a): "-" for a in "—–―─﹣"},
    **{ord(a): "~" for a in "～〜∼"},
    ord("…"): "。",
    ord("⋯"): "。",
    ord("\r"): "\n",
    ord("〇"): "零",
    ord("兩"): "两",
}

SLIPS: tuple[tuple[str, str], ...] = (
    # 已 typed as a look-alike or a homophone
    (r"(?<![自知利])[己巳](?=经|[报发交教传送上提填完搞办寄递录审盖按于通将收阅知])", "已"),
    (
        r"(?<![可所予加得难足何用是足借给])[以亦依](?=经[报发交传送上提填完]|[报发交传寄]|上报(?!的)|提交|上传|填报|完成|报送(?!时|方|为|要))(?!以)",
        "已",
    ),
    (r"(?<![可所自])[己以]经(?!营)", "已经"),
    (r"(?<!一)一经(?=[报发交传上提])", "已经"),
    (r"已[抱暴爆](?!歉|怨|着)", "已报"),
    (r"已[教缴叫校](?=了|$|[,。!~ \n])", "已交"),
    (r"已法(?=送|了|出|给|$|[,。! ])", "已发"),
    (r"[抱暴爆]送", "报送"),
    (r"(?:上|申)[抱暴爆](?!怨|歉)", "上报"),
    (r"(?<=[^拥怀])[抱暴](?=了|完了|过了|好了)", "报"),
    (r"(?<=[一二三四五六日天号])[抱暴](?=$|[,。!~ ])", "报"),
    (r"提[教缴叫较]", "提交"),
    (r"上[船穿川](?=了|成功|完|不|平台|系统|到)", "上传"),
    (r"[名鸣命铭]天(?!命)|明[田填添]|民天|[名明]夭|(?<![说证声表])明无(?=[报交发给传](?!送))", "明天"),
    (r"(?<![姓署])[名鸣铭](?=[早晚](?:[上报交发给传]|$))", "明"),
    (r"[厚候]天", "后天"),
    (r"[钱千]天(?!内|数)", "前天"),
    (r"座天|做天|作天", "昨天"),
    (r"今田|金天(?!津)", "今天"),
    (r"吗上|马尚|码上", "马上"),
    (r"收道|收倒|首到|受到(?=$|[,。!,~谢])", "收到"),
    (r"[正真]再(?=[汇整统审核写弄填报上办准收起走做梳编协])", "正在"),
    (r"(?<=[还仍一])再(?=[汇整统审核写弄填收起走做等催改凑])", "在"),
    (r"真在(?=[汇整统审核写弄填报上办准收])", "正在"),
    (r"^再(?=[汇整统审核写弄填收起走做等催改凑])", "在"),
    (r"会总|汇中|汇宗", "汇总"),
    (r"(?<=[总报核审理填写办传盖集交签])[种钟忠终](?=$|[,。!~ \n])", "中"),
    (r"才料", "材料"),
    (r"明单", "名单"),
    (r"百墙|百枪", "百强"),
    (r"系同|系桶", "系统"),
    (r"后[填田夭]|(?<![最然以之今])后无(?=[报交发给传](?!送))", "后天"),
    (r"星其|星期期", "星期"),
    (r"刚材|钢才|刚财", "刚才"),
    (r"稍侯|稍後", "稍后"),
    (r"按是|安时(?=报|交|发|完)", "按时"),
    (r"整里(?!面)", "整理"),
    (r"还妹|还煤|还每|海没", "还没"),
    (r"专新特精|专精特心|专特精新|专精特薪|转精特新|专精尖特新|专精特(?!新)", "专精特新"),
    (r"零报吿|零抱告|令报告|零报高|另报告(?=$|[,。])", "零报告"),
    (r"延其|延祺|炎期", "延期"),
    (r"领到(?=签|审|看|出|不|还|没)", "领导"),
    (r"[付复]件", "附件"),
    (r"邮相|油箱(?=[,。发里]|$)", "邮箱"),
    (r"己(?=$|[,。])", "已"),
    (r"下周(?:期|其)", "下周"),
    (r"(?:木|米|莫|么)有(?!问题吗)", "没有"),
    (r"(?<![什怎那这多要没])么(?=报|发|交|传|弄|整)", "没"),
)
"""Slips of the pinyin keyboard: pattern, what was meant. Narrow on purpose: the neighbour must show that it is a slip."""

SLIP = re.compile("|".join(f"(?P<s{n}>{pattern})" for n, (pattern, _) in enumerate(SLIPS)))
MEANT = [meant for _, meant in SLIPS]
SUSPECT = frozenset(
    "无命铭夭中么亦付令以会作依侯倒候做其再到千厚受另叫同名吗吿填墙复妹安宗尖川己巳座後心忠才抱教新明是暴期木材枪校桶每民油法海添炎煤爆特田相真码祺种穿箱米终经缴船莫薪负财转较道里金钟钢钱首马高鸣"
)
GAP_AT_DIGIT = re.compile(r"(?<=\d) +(?=[年月日号天户家点个小周:/.])|(?<=[年月周第]) +(?=[\d一二三四五六])")
SPACES = re.compile(r" {2,}")
BREAKS = re.compile(r"\n\s*")


def normalise(text: str) -> str:
    """`text` in half width, lower case and simplified characters, without invisible marks, obvious typing slips undone.

    Line breaks stay, one for any run of them; the result is never more than a few characters longer than the text.
    """
    plain = text.translate(CHARACTERS)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).translate(CHARACTERS)
    plain = BREAKS.sub("\n", SPACES.sub(" ", plain.lower())).strip()
    plain = GAP_AT_DIGIT.sub("", plain)
    return plain if SUSPECT.isdisjoint(plain) else SLIP.sub(_meant, plain)


def _meant(slip: re.Match[str]) -> str:
    return MEANT[int((slip.lastgroup or "s0")[1:])]
