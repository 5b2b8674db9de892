"""The one written form of markup, and values that stay words in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilc_canvas.courses.rendering.environment import inert
from ilc_canvas.courses.rendering.markup import parsed, written
from ilc_canvas.courses.rendering.render import markdown
from ilc_canvas.courses.values.words import shown
from tests.courses.cast import sample_courses

FORMS = {
    "<p>a &quot;b&quot; &#39;c&#39; &amp; &lt;d&gt;</p>": "<p>a \"b\" 'c' &amp; &lt;d&gt;</p>",
    "<P CLASS='x'>a\u00a0 b\n\tc</P>": '<p class="x">a b c</p>',
    "<p>a <strong> b </strong> c</p>": "<p>a <strong> b </strong> c</p>",
    "<ul>\n<li>\n a \n</li>\n</ul>": "<ul><li>a</li></ul>",
    "a<br />b<br>\nc": "a<br>b<br>c",
    "<div><p>a": "<div><p>a</p></div>",
    '<p style="margin:0;COLOR:#FFF">a</p>': '<p style="margin: 0; color: #FFF;">a</p>',
    '<a href="https://x.example/ä b?q=1&amp;r=[2]">a</a>': '<a href="https://x.example/%C3%A4%20b?q=1&amp;r=%5B2%5D">a</a>',
    "<img alt='say \"x\"' src='https://x.example/a.png'>": '<img alt="say \'x\'" src="https://x.example/a.png">',
}


@pytest.mark.parametrize("html", FORMS)
def test_markup_has_one_form(html: str) -> None:
    """Quotes, blanks, escapes, addresses, and what is not closed: written as Canvas keeps it."""
    assert written(parsed(html).root) == FORMS[html]


@pytest.mark.parametrize("html", FORMS.values())
def test_written_form_is_stable(html: str) -> None:
    """What was written is written the same again."""
    assert written(parsed(html).root) == html


def test_courses_are_stable() -> None:
    """So are all texts of the sample."""
    htmls = [page.html for content in sample_courses().values() for page in content.pages]
    assert len(htmls) == 201
    assert not [html for html in htmls if written(parsed(html).root) != html]


@given(st.text(alphabet=st.one_of(st.sampled_from("<>&\"'`*_[]()!#+-=|~{}%\\:/.;\n\t 1ab\u202e\u200b"), st.characters(codec="utf-8"))))
def test_any_value_stays_words(text: str) -> None:
    """No letters can mean anything to Markdown or HTML: what is written is what is read, in one paragraph."""
    value = shown(text)
    root = parsed(markdown(f"x{inert(value)}x")).root
    assert root.text.rstrip("\n") == f"x{value}x"
    assert [each.tag for each in root.children if not isinstance(each, str)] == ["p"]
    assert all(isinstance(each, str) for paragraph in root.children if not isinstance(paragraph, str) for each in paragraph.children)


@given(st.text(alphabet="<>&\"'`*_[]()!#+-=|~.1a "))
def test_value_at_the_start_stays_words(text: str) -> None:
    """Nor can they at the start of a line, where Markdown looks for lists and headings."""
    value = shown(text)
    root = parsed(markdown(str(inert(value)))).root
    assert root.text.strip() == value
    assert not [each.tag for each in root.children if not isinstance(each, str) and each.tag != "p"]
