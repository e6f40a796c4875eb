"""Numbers up to 9999 in digits or in Chinese."""

DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "俩": 2,
    "仨": 3,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
UNITS = {"十": 10, "百": 100, "千": 1000}
CHARACTERS = "0-9零一二两三四五六七八九十百千俩仨"
PATTERN = "(?:[0-9]{1,4}|[零一二两三四五六七八九十百千]{1,7}|[俩仨])"
FIRST = frozenset("0123456789零一二两三四五六七八九十百俩仨")


def value(text: str) -> int:
    """The number written as `text`, which PATTERN matched: "二十八" → 28, "12" → 12, "一百零五" → 105, "三五" → 35."""
    if text[0].isascii():
        return int(text)
    total, digit, plain = 0, 0, ""
    for char in text:
        if char in UNITS:
            total += (digit or (1 if not total or char == "十" else 0)) * UNITS[char]
            digit, plain = 0, ""
        else:
            digit = DIGITS[char]
            plain += str(digit)
    return total + (int(plain) if plain and total == 0 else digit)
