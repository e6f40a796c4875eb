import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web import markdown

TABLE = [
    ("plain", "<p>plain</p>", "a line is a paragraph"),
    ("a\nb", "<p>a<br>b</p>", "a line break is one, as WeCom shows it"),
    ("a\n\nb", "<p>a</p><p>b</p>", "a gap ends the paragraph"),
    ("a\r\nb", "<p>a<br>b</p>", "line ends of mail"),
    ("### 催报", '<p class="level-3">催报</p>', "headings keep their level"),
    ("#催报", "<p>#催报</p>", "a heading needs its space"),
    ("**已报** 3 户", "<p><strong>已报</strong> 3 户</p>", "bold"),
    ("**a `b` c**", "<p><strong>a <code>b</code> c</strong></p>", "code inside bold"),
    ("`**a**`", "<p><code>**a**</code></p>", "code is taken literally"),
    ("> 一\n> 二", "<blockquote>一<br>二</blockquote>", "neighbouring quotes are one"),
    ("- 一\n- 二", "<ul><li>一</li><li>二</li></ul>", "bullets"),
    ("1. 一\n2. 二", '<ol><li value="1">一</li><li value="2">二</li></ol>', "numbers"),
    ("1. 一\n\n2. 二", '<ol><li value="1">一</li></ol><ol><li value="2">二</li></ol>', "a gap does not begin the count anew"),
    ("---", "<hr>", "rule"),
    (
        "| a | b |\n|---|:-:|\n| 1 | **2** |",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table>",
        "table",
    ),
    ("|---|", "", "a table of nothing is nothing"),
    ('<font color="warning">急</font>', '<p><span class="font-warning">急</span></p>', "WeCom's colours"),
    ('<font color="red">急</font>', "<p>&lt;font color=&quot;red&quot;&gt;急&lt;/font&gt;</p>", "colours WeCom does not know stay text"),
    ("<@zhangsan> 请报", '<p><span class="mention">@zhangsan</span> 请报</p>', "WeCom's mention"),
    ("@13800000001 请报", '<p><span class="mention">@13800000001</span> 请报</p>', "DingTalk's mention"),
    (
        "[清单](https://cuibao.example/g?a=1&b=2)",
        '<p><span class="link" title="https://cuibao.example/g?a=1&amp;b=2">清单</span></p>',
        "a link off this machine is shown, not followed",
    ),
    (
        "[页](http://127.0.0.1:8000/t/1)",
        '<p><a href="http://127.0.0.1:8000/t/1" rel="noopener noreferrer" target="_blank">页</a></p>',
        "a link to this machine works",
    ),
    (
        "[页](http://127.0.0.1.evil.example/)",
        '<p><span class="link" title="http://127.0.0.1.evil.example/">页</span></p>',
        "a name that begins like this machine is not it",
    ),
    ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>", "no other schemes"),
    (
        '[x](https://a.example/"onmouseover=alert(1))',
        '<p><span class="link" title="https://a.example/&quot;onmouseover=alert(1">x</span>)</p>',
        "no way out of the quotes",
    ),
    (
        "[**a**](https://a.example/**b**)",
        '<p><span class="link" title="https://a.example/**b**"><strong>a</strong></span></p>',
        "an address is not marked up",
    ),
    ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>", "tags stay text"),
]


@pytest.mark.parametrize(("text", "expected", "why"), TABLE, ids=[row[2] for row in TABLE])
def test_the_subset_of_the_platforms_is_shown_as_they_show_it(text: str, expected: str, why: str):
    assert markdown.html(text) == expected


PIECES = [
    *"ab<>&\"'`*#>|-[]()1. \n:/@=!",
    "<script>",
    'onload="x"',
    "https://a.example/",
    '<font color="info">',
    "</font>",
    "javascript:",
    "**",
]


@given(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
def test_no_text_ever_becomes_a_tag_that_is_not_ours(text: str):
    made = str(markdown.html(text))
    ours = r"</?(?:p|br|strong|code|blockquote|ul|ol|li|hr|table|thead|tbody|tr|th|td|span|a)(?: class=\"[a-z0-9-]+\")?(?: value=\"[0-9]{1,3}\")?(?: (?:title|href)=\"[^\"<>]*\")?(?: rel=\"noopener noreferrer\" target=\"_blank\")?>"
    assert not re.search("[<>]", re.sub(ours, "", made))
    opened = re.findall(r"<(p|strong|code|blockquote|ul|ol|li|table|thead|tbody|tr|th|td|span|a)[ >]", made)
    closed = re.findall(r"</(\w+)>", made)
    assert sorted(opened) == sorted(closed)
