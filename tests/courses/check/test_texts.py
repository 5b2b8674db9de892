"""Each rule about a text, with a text that breaks it and one that does not."""

from pathlib import Path

import pytest

from tests.courses.check.cast import FIRST, FRONT, found, with_body

BROKEN = {
    "h1": ("## A\n\n# B", 3, "<h1> would not be kept"),
    "first heading": ("### A", 1, "the first heading is of level 3"),
    "skipped heading": ("## A\n\ntext\n\n#### B", 5, "the heading of level 4 comes after one of level 2"),
    "empty heading": ("## A\n\n<h3></h3>\n\nx", 3, "a heading is empty"),
    "link here": ("Read on.\n\nTo go there, [click here](https://example.org).", 3, 'the text of a link is "click here"'),
    "link words": ("[Read more…](https://example.org)", 1, 'the text of a link is "Read more…"'),
    "link address as text": ("[https://example.org](https://example.org)", 1, "is its address"),
    "link without text": ('<a href="https://example.org"></a> x', 1, "a link has no text"),
    "link to nothing": ("x\n\n[The cycle](ilc:page:cycles)", 3, 'the link "ilc:page:cycles" leads to nothing'),
    "topic as page": ("[Strengths](ilc:page:strengths)", 1, "leads to nothing"),
    "hub page that is not there": ("[Tools](ilc:hub:page:tool)", 1, "leads to nothing"),
    "hub place": ("[The hub](ilc:hub:modules)", 1, "leads to nothing"),
    "relative link": ("[The list](/courses/5/pages/list)", 1, 'the address "/courses/5/pages/list" leads nowhere'),
    "script link": ('<a href="javascript:alert(1)">Say it</a>', 1, "leads nowhere"),
    "picture without text": ("x\n\n![](https://example.org/a.png)", 3, "a picture has no text"),
    "picture by its file": ("![chart.png](https://example.org/chart.png)", 1, "is the name of a file"),
    "unsafe picture": ("![A chart](http://example.org/a.png)", 1, "is not safe"),
    "embedded without title": ('<iframe src="https://example.org/v"></iframe>', 1, "has no title"),
    "script": ("<script>alert(1)</script>", 1, "<script> would not be kept"),
    "form": ("<p><button>Go on</button></p>", 1, "<button> would not be kept"),
    "comment": ("x\n\n<!-- note to us -->", 3, "a comment is taken out"),
    "unclosed": ("x\n\n<div>\n\ntext", 3, "<div> is not closed"),
    "closes nothing": ("x</span>", 1, "</span> closes nothing"),
    "rel": ('<a href="https://example.org" rel="noopener">The plan</a>', 1, "the attribute rel of <a>"),
    "handler": ('<p onclick="x()">text</p>', 1, "the attribute onclick of <p>"),
    "reserved": ('<p data-ilc-key="x">text</p>', 1, "data-ilc-key is for the program"),
    "weight": ('x\n\n<p style="font-weight: bold;">text</p>', 3, "the style font-weight would not be kept"),
    "shadow": ('<p style="margin: 0; box-shadow: 1px 1px red;">text</p>', 1, "the style box-shadow"),
    "style with address": ('<p style="width: url(x);">text</p>', 1, 'the value "url(x)" of width'),
    "pale": ('x\n\n<p style="color: #999999; background-color: #FFFFFF;">text</p>', 3, "#999999 on #FFFFFF has a contrast of 2.8"),
    "pale inside": (
        '<div style="color: #FFFFFF; background-color: #0B5563;"><p>a</p>\n\n[The plan](https://example.org)\n\n</div>',
        3,
        "#0374B5 on #0B5563",
    ),
    "half colored": ('<p style="color: #222222;">text</p>', 1, "are not colored together"),
    "color by name": ('<p style="color: tomato; background-color: #000000;">text</p>', 1, 'the color "tomato" cannot be checked'),
    "table without caption": ('<table><tr><th scope="col">A</th></tr><tr><td>1</td></tr></table>', 1, "a table has no caption"),
    "table without heads": ("<table><caption>C</caption><tr><td>1</td></tr></table>", 1, "does not say what its columns are"),
    "wide table": ('{% call table("C", ["A", "B", "C", "D"]) %}\n{{ row(["1"]) }}\n{% endcall %}', 2, "more than 3 columns"),
    "long": ("word " * 401, 1, "more than 400 words"),
    "next week": ("x\n\nWe meet next week.", 3, '"next week" is true only for a while'),
    "soon": ("The tools come soon.", 1, '"soon" is true'),
    "date": ("We meet on October 5.", 1, '"October 5" is a date'),
    "short date": ("We meet on 10/5.", 1, '"10/5" is a date'),
    "year": ("The plan for 2021-22.", 1, '"2021-22" is a year'),
    "turned writing": ("abc \u202edef", 1, "a character that nobody sees"),
    "two parts": ('{% call generated("a") %}\nx\n{% endcall %}\n\n{% call generated("b") %}\ny\n{% endcall %}', 6, "two generated parts"),
    "part without name": ('{% call generated("") %}\nx\n{% endcall %}', 2, "the generated part has no name"),
    "same id": ('<p id="a">x</p>\n\n<p id="a">y</p>', 3, 'the id "a" is used twice'),
    "no such value": ("x\n\n{{ cops.title }}", 3, "there is no value cops here"),
    "no such field": ("{% if meetings %}\n{{ cop.titel }}\n{% endif %}", 2, "cop has no titel"),
    "no such field in a loop": ("{% for each in facilitators %}\n{{ each.email }}\n{% endfor %}", 2, "each has no email"),
    "in a branch never taken": ("{% if not cop.title %}\n{{ nothing }}\n{% endif %}", 2, "there is no value nothing"),
    "meeting outside": ("{{ meeting.day }}", 1, "there is no value meeting here"),
    "syntax": ("x\n\n{% if cop.title %}\n\ny", 4, "this is not understood"),
    "no such block": ("x\n\n{{ buttn('a', 'b') }}", 3, "there is no value buttn here"),
    "no such filter": ("x\n{{ cop.title | shout }}", 2, "this is not understood"),
    "list as text": ("x\n\n{{ facilitators }}", 3, "a list cannot be written"),
    "class": ("x\n\n{{ ''.__class__ }}", 3, "unsafe"),
    "subclasses": ("{{ cop.__class__.__mro__ }}", 1, "cop has no __class__"),
    "subclasses in brackets": ('{{ cop["__class__"] }}', 1, "unsafe"),
    "call of a method": ("x\n{{ cop.title.upper() }}", 2, "unsafe"),
    "format": ('{{ "%s" % cop.title }}', 1, "only for whole numbers"),
    "globals of a macro": ("x\n{{ button.__globals__ }}", 2, "has no attribute"),
    "globals of a loop": ("{% for x in meetings %}{{ loop.__init__ }}{% endfor %}", 1, "unsafe"),
    "range": ("{% for x in range(10**9) %}x{% endfor %}", 1, "there is no value range"),
    "other file": ('{% include "cop/home.md" %}', 1, "cannot take in another file"),
    "power": ("{{ 10**9 }}", 1, "only for whole numbers"),
    "product": ("{{ 99999 * 99999 }}", 1, "a number is too large"),
    "word times number": ("{{ 'a' * 999999999 }}", 1, "only for whole numbers"),
    "loops in loops": ("{% for a in meetings %}{% for b in meetings %}{% for c in meetings %}{% for d in meetings %}{% for e in meetings %}"
                       "{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}", 1, "repeats things more than"),
    "endless macro": ("{% macro again() %}{{ again() }}{% endmacro %}\n{{ again() }}", 1, "never ends|more than"),
    "branching macro": ("{% macro again(n) %}{% if n %}{{ again(n - 1) }}{{ again(n - 1) }}{% endif %}{% endmacro %}\n"
                        "{{ again(40) }}", 1, "repeats things more than"),
    "doubled text": ("{% set a = 'abcdefgh' %}\n" + "{% set a = a ~ a %}\n" * 40 + "{{ a }}", 16, "longer than"),
    "long in bytes": ("{% set a = '" + "山" * 11 + "' %}\n" + "{% set a = a ~ a %}\n" * 13 + "{{ a }} {{ a }}", 1 - FIRST, "500,000 bytes"),
    "doubled block": ("{% set a %}abcdefgh{% endset %}\n" + "{% set a %}{{ a }}{{ a }}{% endset %}\n" * 40, 16, "longer than"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_text_is_found(tmp_path: Path, name: str) -> None:
    """The finding names the line and what is wrong there, and says what to do."""
    body, line, said = BROKEN[name]
    findings = found(with_body(tmp_path, body))
    fitting = [each for each in findings if any(part in each.text for part in said.split("|"))]
    assert fitting, findings
    assert fitting[0].line == FIRST + line - 1
    assert fitting[0].fix


def test_link_to_hidden_tab_is_found(tmp_path: Path) -> None:
    """The hub has no discussions to open."""
    (finding,) = found(
        with_body(tmp_path, "[All discussions](ilc:discussions)", file="hub/help.md", front=FRONT.replace("cycle", "help")), "hub/help.md"
    )
    assert "leads to nothing that people of this course can open" in finding.text


SOUND = {
    "headings": "## A\n\n### B\n\n## C",
    "links": "[Open the plan](https://example.org), [Strengths](ilc:topic:strengths), [write](mailto:a@example.org), [home](ilc:page:home)",
    "places": "[All modules](ilc:modules) [The calendar](ilc:calendar) [All discussions](ilc:discussions) [The hub](ilc:hub)",
    "pages of the hub": "[Get help](ilc:hub:page:help)",
    "here in a sentence": "[What is said here stays here](https://example.org)",
    "picture": "![A bar for each month](https://example.org/a.png)",
    "picture that shows nothing": '<img src="https://example.org/line.png" alt="" role="presentation">',
    "embedded": '<iframe src="https://example.org/v" title="How a meeting runs"></iframe>',
    "details": "<details><summary>More about it</summary>\n\ntext\n\n</details>",
    "styles": '<p style="margin: 0 0 16px 0; padding: 4px; border-left: 4px solid #0B5563;">text</p>',
    "colors": '<div style="color: #FFFFFF; background-color: #0B5563;">text</div>',
    "link with its own colors": '<a href="https://example.org" style="color: #FFFFFF; background-color: #0B5563;">The plan</a>',
    "table": '{% call table("C", ["A", "B", "C"]) %}\n{{ row(["1", "2", "3"]) }}\n{% endcall %}',
    "long but generated": '{% call generated("words") %}\n\n' + "word " * 401 + "\n\n{% endcall %}",
    "400 words": "word " * 400,
    "times that do not age": "In the last month, this year, on a Tuesday, in spring; may it be so. Two or three dates within two weeks.",
    "numbers that are no years": "20 minutes, 1/2 of them, room 1912a, #202122",
    "year in an address": "[The plan](https://example.org/2021/10/plan)",
    "values": "{{ cop.title }} {{ year }} {{ facilitators | map(attribute='name') | listed }} {{ office.email or office.name }}",
    "loop": "{% for each in meetings %}{{ loop.index }} {{ each.stage.title }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "own macro": "{% macro twice(word) %}{{ word }} {{ word }}{% endmacro %}\n{{ twice(cop.title) }}",
    "numbers": "{{ meetings | length + 1 }}",
    "note of an author": "{# next week: ask Ana about 2022 #}\ntext",
    "one part": '{% call generated("people") %}\nx\n{% endcall %}',
    "bold": "**bold** and *italic*",
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_sound_text_passes(tmp_path: Path, name: str) -> None:
    """Nothing is found."""
    assert found(with_body(tmp_path, SOUND[name])) == []
