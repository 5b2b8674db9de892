"""What becomes of rich text, tried on an event's description as on the Canvas that was watched."""

import re

import pytest

from tests.sandbox.conformance import Exchange
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person

KEPT = [
    '<div id="ilc-generated" data-ilc-key="k" data-ilc-text="t" class="c" role="note" lang="en" aria-label="l">x</div>',
    '<a href="https://themes.example.org/a?b=1&amp;c=2" target="_blank" data-ilc-link="l">z</a>',
    '<p style="display: flex; flex-wrap: wrap; gap: 8px; border-left: 3px solid #2D3B45; border-collapse: collapse;">x</p>',
    '<p style="background-color: #eeeeee; color: red; min-width: 1px; max-width: 2px; width: 50%; padding: 2px;">x</p>',
    '<p style="margin: 0; border-radius: 2px; text-align: center;">x</p>',
    '<table><caption>C</caption><thead><tr><th scope="col" colspan="2">T</th></tr></thead></table>',
    "<h2>H</h2><h3>H</h3><h4>H</h4><ul><li><strong>b</strong> <em>i</em> <span>s</span></li></ul><hr>",
    "<details><summary>S</summary>x &amp; y &#8211; z</details>",
]
CHANGED = {
    '<p style="color: red; font-weight: bold; margin: 0;">a</p>': '<p style="color: red;  margin: 0;">a</p>',
    '<p style="color: #2D3B45; font-weight: bold">a</p>': '<p style="color: #2D3B45; ">a</p>',
    '<p style="width: 50%; box-shadow: 1px 1px red; padding: 2px;">w</p>': '<p style="width: 50%;  padding: 2px;">w</p>',
    "<p>a<!-- c --></p><script>alert(1)</script><p><button>Press</button></p>": "<p>a</p><p>Press</p>",
    '<details open="open"><summary>S</summary>x</details>': "<details><summary>S</summary>x</details>",
    '<p data-kyle-menu="x" data-ilc-key="k" role="note">y</p>': '<p data-ilc-key="k" role="note">y</p>',
    '<a href="https://x.example.org/" target="_blank" rel="noopener">z</a>': '<a href="https://x.example.org/" target="_blank">z</a>',
    "<p>&quot;a&quot; &amp; b</p>": '<p>"a" &amp; b</p>',
    "<p>it&#39;s &#34;b&#34;</p>": '<p>it\'s "b"</p>',
    "<p>a\r\nb</p>": "<p>a\nb</p>",
    "<DIV><P>x</P></DIV>": "<div><p>x</p></div>",
    "<div><p>x <strong>y": "<div><p>x <strong>y</strong></p></div>",
    "<main><p>x <s>y</s></p></main>": "<p>x y</p>",
    "<form><label>Name <input value='v'></label><select><option>a</option></select></form>": "Name a",
    "<p>x<svg><circle r='2'></circle></svg></p>": "<p>x</p>",
    '<p onclick="x()" tabindex="1">y</p>': "<p>y</p>",
    '<img src="https://x.example.org/a.png" alt="a" loading="lazy">': '<img src="https://x.example.org/a.png" alt="a">',
    '<time datetime="2031-09-15">x</time>': "<time>x</time>",
    '<a href="javascript:alert(1)">x</a>': "<a>x</a>",
    '<img src="data:image/png;base64,AA==" alt="a">': '<img alt="a">',
    '<video controls src="https://x.example.org/v.mp4"></video>': '<video controls="" src="https://x.example.org/v.mp4"></video>',
    '<p style="opacity: .5; transform: none; letter-spacing: 1px; columns: 2; animation: a;">x</p>': '<p style="    ">x</p>',
}


def described(admin: Person, text: str) -> Exchange:
    form = {"calendar_event[context_code]": f"course_{admin.course()}", "calendar_event[description]": text}
    return admin.ask("POST", "calendar_events", form)


@pytest.mark.parametrize("text", KEPT)
def test_markup_survives(admin: Person, text: str) -> None:
    """What Canvas keeps comes back the same to the byte."""
    assert described(admin, text).body["description"] == text


@pytest.mark.parametrize("text", CHANGED)
def test_markup_is_taken_out(admin: Person, text: str) -> None:
    """What Canvas drops is gone; a dropped style property leaves its blanks behind."""
    assert described(admin, text).body["description"] == CHANGED[text]


def test_kept_form_is_stable(admin: Person) -> None:
    """The answer sent again is answered the same, so that a text in the form that survives changes no more."""
    for text in CHANGED.values():
        assert described(admin, text).body["description"] == text


@pytest.mark.parametrize("host", ["", "{base}"])
@pytest.mark.parametrize(("path", "kind"), [("pages/home", "Page"), ("modules", "[Module]")])
def test_links_are_written_anew(admin: Person, host: str, path: str, kind: str) -> None:
    """A relative link, or one with this host's address, is answered with the host and with data-api-endpoint and data-api-returntype."""
    text = f'<a href="{host.format(base=admin.url)}/courses/200001/{path}">h</a>'
    place = f"courses/200001/{path}"
    marks = f'data-api-endpoint="{admin.url}/api/v1/{place}" data-api-returntype="{kind}"'
    wanted = f'<a href="{admin.url}/{place}" {marks}>h</a>'
    assert described(admin, text).body["description"] == wanted
    assert described(admin, wanted).body["description"] == wanted


def test_theme_is_put_around_text(start: Start) -> None:
    """With a theme for mobile apps a style sheet comes before every text that is not blank and a script after it; neither is stored."""
    admin = Person(start("--theme").url)
    around = re.compile(r'<link rel="stylesheet" href="[^"]+">(.*)<script src="[^"]+"></script>')
    event = described(admin, "<p>x</p>").body
    found = around.fullmatch(event["description"])
    assert found is not None
    assert found[1] == "<p>x</p>"
    assert described(admin, event["description"]).body["description"] == event["description"]
    assert described(admin, "").body["description"] == ""


def test_theme_is_in_all_four_places(start: Start) -> None:
    """A page, a discussion, an event and the syllabus all have it, and no stamp of a page moves."""
    admin = Person(start("--theme", "--canvas", "2022-07").url)
    course, text = admin.course(), "<p>x</p>"
    page = admin.ask("POST", f"courses/{course}/pages", {"wiki_page[title]": "P", "wiki_page[body]": text}).body
    topic = admin.ask("POST", f"courses/{course}/discussion_topics", {"title": "D", "message": text}).body
    entry = admin.ask("POST", f"courses/{course}/discussion_topics/{topic['id']}/entries", {"message": text}).body
    admin.ask("PUT", f"courses/{course}", {"course[syllabus_body]": text})
    syllabus = admin.get(f"courses/{course}?include[]=syllabus_body").body["syllabus_body"]
    shown = {described(admin, text).body["description"], page["body"], topic["message"], entry["message"], syllabus}
    assert len(shown) == 1
    assert shown.pop().startswith("<link ")


def test_description_may_be_empty(admin: Person) -> None:
    """An event without a description has null, one with an empty text has that."""
    code = {"calendar_event[context_code]": f"course_{admin.course()}"}
    assert admin.ask("POST", "calendar_events", code).body["description"] is None
    assert admin.ask("POST", "calendar_events", {**code, "calendar_event[description]": ""}).body["description"] == ""
