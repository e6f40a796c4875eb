"""Rules: an own claim withdrawn, and a corrected copy sent again (tie-breaking rule 1)."""

from bot.domain.replies.rules import Rule
from bot.domain.words import Intent

SECOND_LOOK = "on a second look it was not"
TAKEN_BACK = "no, wait"
"""Takes back what was said a moment before, if that was a report and what follows denies it."""

RETRACTION = (
    Rule(
        "slip of the tongue or finger",
        Intent.CORRECTION_NOT_DONE,
        says=(
            "H成(?:了)?(?:其余|另外|其它)",
            "^(?:是)?(?:错了|串了)$",
            "回复(?:错|混)|^报错(?:表|M|成)",
            "H成(?:了)?(?:Q|O|别|另|上|M|其他)",
            "手[快抖贱]|嘴[瓢秃]",
            "(?:说|听|看|记|点|选|按|回|答|打|传|写|[HW])(?:错|混|岔|反|串|劈叉)(?!人|群|单位|对象|地|部门|号|F|科|过)|错字了|花眼|(?:说|点|选|按|回|H)[早快]了|(?:P|我).{0,3}H错人",
            "说快|嘴快|嘴瓢",
        ),
        score=0.95,
        unless=(
            "错了?吧",
            "[G没别不]H?错|G说错|G看错|没记错|怕.{0,3}错|别.{0,2}错|F|会不会|是不是|A.{0,4}(?:看|搞|弄|说|记|打|找|问|催|[HW])错",
            "数错|格式",
        ),
    ),
    Rule(
        "withdrawn in so many words",
        Intent.CORRECTION_NOT_DONE,
        says=(
            "W(?:为|成|回)[GΓ未]",
            "是?误会",
            "说.{0,8}(?:H|X).{0,4}(?:是指|指的是|其实是|是说)",
            "H(?:给)?别人的|当我[没G]说|(?:我)?(?:说|指)的是(?:Q|O|另|别|其余)|更正为.{0,3}G|改(?:为|成).{0,3}G",
            "作废|不作数|不算(?:数|了|$|的)|收回|撤回|撤了|撤销|误H|误操作|误点|误[HW]|误触|误回|误按|口误|笔误|手误|手滑",
            "(?:说|回|H|X|P).{0,12}(?:逗|骗|玩笑|瞎说|糊弄|随口)|(?:逗|骗)(?:A|你)(?:玩)?的|乌龙|改回|请忽略|取消P|划掉|不作准",
        ),
        score=0.95,
        unless=(
            "[LB].{0,2}撤|(?:科|局|室|单位)撤",
            "(?<!不)算不算|F",
        ),
    ),
    Rule(
        "correction announced",
        Intent.CORRECTION_NOT_DONE,
        says=("^(?:特?此?)?(?:更正|纠正|纠错|更新)(?:一下|下|如下|说明)?$|更正.{0,6}(?:[G未]|尚|[MH]|P|T|[DT])",),
        score=0.9,
        unless=("F|X.{0,6}H|更正(?:后|过|好|件|版)",),
    ),
    Rule(
        "believed it was sent",
        Intent.CORRECTION_NOT_DONE,
        says=(
            "看成|错当|误以为|错认",
            "(?:以为|当成|当作|还当).{0,12}?(?:H|X|完成|了)",
        ),
        score=0.9,
        unless=("(?:A|B|N|L|他|她|人家|别人).{0,3}以为|别以为|不要以为",),
    ),
    Rule(
        "the earlier answer is wrong",
        Intent.CORRECTION_NOT_DONE,
        says=(
            "(?:刚才|此前的|当时的|上次的|之前的).{0,14}?(?:不对|有误|错了|不准|有问题|重复|先别|取消|不实)",
            "(?:P|上一?条|上句|前面|那条|那句|前一条|上次|之前|P|T.{0,3}[说回H]).{0,14}?(?:不对|有误|错了|"
            "不准|有问题|有重复|重复的|先别|取消|不实|不准确|不属实)",
        ),
        score=0.9,
        unless=("X.{0,4}重|F|A.{0,6}(?:通知|表|说)",),
    ),
    Rule(
        "told to wait with what was sent",
        Intent.CORRECTION_NOT_DONE,
        says=(
            "^(?:先)?别用(?:了)?$|(?:那|P|前).{0,3}有错",
            "(?:P|刚|那|前|T).{0,6}(?:份|条|版|个|M)?(?:先)?别(?:用|收|算|记|采|看|当)",
            "先别(?:用|收|算|记|看|录|往|当|W|登|审|汇)|先不要(?:用|收|算|记|录|W)|别(?:当真|作数|算我|按)|暂勿使用",
            "请勿采用",
        ),
        score=0.85,
        unless=("先别催",),
    ),
    Rule(
        SECOND_LOOK,
        Intent.CORRECTION_NOT_DONE,
        says=("(?:其实|实际上?|原来|才发现|发现|一看|一S|一瞅|V看|W后|实为|事实上).{0,8}?(?:G|没|草稿|未|G|不是)",),
        score=0.85,
    ),
)

CLAIM = (
    Rule(
        TAKEN_BACK,
        Intent.CORRECTION_NOT_DONE,
        says=("^[哦噢喔啊呃哎诶等V不]{0,6}不对(?:不对)?[啊呀了]?$",),
        score=0.85,
    ),
    Rule(
        "an earlier claim is quoted",
        Intent.CORRECTION_NOT_DONE,
        says=(
            "^(?:P|经)(?:W|问|查|看|了解)(?:了|过|实)?(?:一下|下)?$",
            "(?:P|T|之前|上次|P的?|昨|前面|A).{0,4}(?:说|回|回复|反馈|讲|答复|告诉|通知).{0,10}(?:H|X|完成)",
        ),
        score=0.8,
        unless=("H的是(?:U|N|L|B|别|另|他|人家|不是我)",),
    ),
)

RESENT = (
    Rule(
        "sent again after a correction",
        Intent.DONE,
        says=(
            "X补H",
            "新(?!闻|能|区)(?:的|版|稿|表|一版|M)?.{0,4}X.{0,3}H",
            "H了?.{0,3}新(?:的|版|表)",
            "(?:重新|重|又|再次|二次)‹›H‹to›*(?:了|过(?!去|来))|(?:重新|重|又|再次)‹›H(?:一[份遍版次]|完|新)",
            "X(?:经)?(?:重新|更正|改正|修正|重)‹›H(?!.{0,3}[B])",
            "(?:更正|W|改|修正|纠正)(?:后|好|过|完|了)的?‹›(?:X|重新|全)‹›H",
            "(?:H|发)了?(?:更正|修正|W|改正)(?:版|件|稿|表)",
        ),
        score=0.9,
        unless=("(?:等|再|后|完)(?:重新)?H(?!了)|[DV]‹›H|G|没H|如果",),
    ),
)
