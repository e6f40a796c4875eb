"""English words mixed into an answer, rendered as the Chinese that the rules know: "working on it", "tomorrow给你"."""

import re

PHRASES: tuple[tuple[str, str], ...] = (
    # nothing to report, or somebody else's
    (r"(?:nothing|no one|nobody|none) to (?:report|nominate|submit|recommend)", "没有可报的"),
    (r"(?:nil|zero) (?:report|return)s?", "零报告"),
    (r"wrong (?:person|guy|number|group|chat|man)", "找错人了"),
    (r"not (?:me|mine|my (?:job|duty|business|responsibility|task|work))", "不是我负责"),
    (r"no longer (?:in charge|responsible)(?: (?:of|for) (?:it|this))?", "不再负责了"),
    (r"not (?:in charge|responsible)(?: (?:of|for) (?:it|this))?", "不负责"),
    # not done: before the words for done, which they contain
    (r"(?:can't|cannot|can not|can t|couldn't|could not|unable to|not able to) [a-z]+(?: in)?", "无法报"),
    (r"fail(?:ed|s|ing|ure)?(?: to [a-z]+)?", "失败"),
    (
        r"(?:(?:have|has|had|did|is|are|was|were)(?:n't| not)|haven t|hasn t|not|never)(?: (?:yet|been|even|quite|all))*"
        r" (?:send|sent|submit|submitted|upload|uploaded|report|reported|done|finished?|completed?|ready|started?|hand(?:ed)? in)(?: yet)?",
        "还没报",
    ),
    (r"not yet|nope|not really|no(?= ,|,|$)", "还没有"),
    (r"(?:almost|nearly|half|partly|about to be|close to) (?:done|finished|there|ready|completed?|sent|submitted)", "快完了"),
    (r"(?:to|will|must|should|can|could|may|might|would|if) be (?:done|finished|sent|submitted|uploaded|ready)", "待报"),
    (r"(?:still |now |i'm |am |we're |are )*working on(?: (?:it|this|that|them))?|(?:still )?(?:in progress|in process)", "正在弄"),
    (r"under ?way|ongoing|wip|on it|(?:still )?(?:preparing|writing|checking|editing|collecting)(?: it)?", "正在弄"),
    (r"pending|waiting(?: for)?|awaiting", "等着"),
    (r"(?:i |we )?(?:will|'ll|shall|am going to|are going to|going to|gonna|let me) (?:re)?[a-z]+(?: (?:it|in|them))*", "会报"),
    # done
    (r"re-?(?:sent|submitted|uploaded)", "重新报了"),
    (r"(?:i |we |it |already |just |have |has |been |was |is |all )*(?:sent|submitted|uploaded|handed in|delivered)", "已报"),
    (r"(?:already |all |have |has |been )*(?:finished|completed)", "完成了"),
    (r"re-?(?:send|submit|upload)", "重新报"),
    (r"(?:submit|send|upload)(?:ting|ing)", "正在报"),
    (r"submit|send|upload", "报"),
    # days
    (r"(?:by |before )?the end of (?:the |this )?month", "月底前"),
    (r"(?:by |on |before )?tomorrow(?: (?:morning|afternoon|night|noon))?|(?:by |before )?tmr", "明天"),
    (r"(?:by |before )?(?:tonight|this evening)", "今晚"),
    (r"(?:by |before )?(?:today|eod|end of (?:the )?day)", "今天"),
    (r"yesterday", "昨天"),
    *(
        pair
        for english, chinese in zip(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"), "一二三四五六日", strict=True)
        for pair in (
            (rf"(?:by |on |before )?next {english}day", f"下周{chinese}"),
            (rf"last {english}day", f"上周{chinese}"),
            (rf"(?:by |on |before |this )*{english}day", f"周{chinese}"),
        )
    ),
    (r"(?:by |in )?next week", "下周内"),
    (r"this week", "本周内"),
    (r"asap|as soon as possible", "尽快"),
    (r"right (?:now|away)|immediately|at once|in a (?:minute|moment|second|sec)", "马上"),
    (r"soon|later", "稍后"),
    # time and questions
    (r"when is the deadline|what is the deadline|what's the deadline", "几号截止"),
    (r"deadline|ddl", "截止"),
    (r"(?:delay|extend|postpone)(?:ed|d)?|extension", "延期"),
    (r"where (?:to|do i|do we|should i|should we)(?: (?:send|submit|upload|report))?(?: it)?", "往哪报"),
    (r"how (?:to|do i|do we|can i)(?: [a-z]+)?(?: it)?", "怎么报"),
    (r"template", "模板"),
    # pinyin
    (r"(?:hai ?)?mei ?(?:bao|fa|jiao|chuan|nong|zheng)(?: ?ne| ?wan)?|hai ?mei(?: ?ne)?", "还没报"),
    (r"(?:yi ?jing|yi|zao|dou|gang) ?(?:bao|fa|jiao|shang ?chuan|ti ?jiao|bao ?song)(?: ?le)?|(?:bao|fa|jiao) ?(?:wan ?)?le", "已报"),
    (r"ming ?tian ?(?:bao|fa|jiao)?", "明天报"),
    (r"shou ?dao(?: ?le)?", "收到"),
    (r"zhi ?dao ?le", "知道了"),
    (r"ma ?shang", "马上"),
    (r"pls|plz|please", "请"),
    (r"check", "看"),
    (r"confirm", "确认"),
)
"""English, what it is read as. The first that fits is taken, so what denies stands before what it denies."""

SPOKEN = re.compile("|".join(rf"(?P<e{n}>(?<![a-z@.])(?:{pattern})(?![a-z@]|\.[a-z]))" for n, (pattern, _) in enumerate(PHRASES)))
MEANT = [meant for _, meant in PHRASES]
LETTERS = re.compile("[a-z]{2}")
CLOCK = re.compile(r"(?<![\d.:])(1[0-2]|0?[1-9])(?::\d\d)? ?([ap])m(?![a-z])")
DOING = re.compile(r"(?<=[一-鿿])ing(?![a-z])")
"""整理ing: Chinese with an English ending."""


def rendered(own: str) -> str:
    """Normalised `own` with known English words in Chinese; other letters stay as they are. Linear in its length."""
    if not LETTERS.search(own):
        return own
    own = DOING.sub("中", CLOCK.sub(_hour, own))
    return SPOKEN.sub(lambda found: MEANT[int((found.lastgroup or "e0")[1:])], own)


def _hour(clock: re.Match[str]) -> str:
    return f"{'上午' if clock[2] == 'a' else '下午'}{int(clock[1])}点"
