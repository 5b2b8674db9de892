"""What courses hold: by the shipped templates, with the sample's roster and calendar."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from ilc_canvas.courses.shelf import require_shelf
from ilc_canvas.courses.values.values import Office
from ilc_canvas.program.courses.content import CourseContent, Page, Topic
from tests.courses.cast import CREDIT, calendar, edited, furnished, meetings, page, sample_courses
from tests.program.sample import roster, with_cop, with_person

MARKED = re.compile(r'<div data-ilc-key="([^"]+)" data-ilc-text="([0-9a-f]{12})">(.*)</div>', re.DOTALL)


def _size(content: CourseContent) -> tuple[int, int, int, int]:
    return len(content.pages), len(content.topics), len(content.modules), sum(len(module.items) for module in content.modules)


def _texts(content: CourseContent) -> dict[str, str]:
    return {each.key: each.html for each in _all(content)}


def _all(content: CourseContent) -> list[Page | Topic]:
    return [*content.pages, *content.topics]


def test_sample_courses_are_furnished() -> None:
    """Each of the 19 courses has its pages, discussions, modules and items; no start-up is named in the hub."""
    sizes = {word: _size(content) for word, content in sample_courses().items()}
    assert len(sizes) == 19
    assert {size for word, size in sizes.items() if word.startswith("cop:")} == {(11, 8, 11, 18)}
    assert {size for word, size in sizes.items() if word.startswith("net:")} == {(12, 2, 4, 13)}
    assert {size for word, size in sizes.items() if word.startswith("pilot:")} == {(9, 4, 5, 12)}
    assert sizes["hub"] == (7, 0, 1, 7)
    assert not [html for html in _texts(sample_courses()["hub"]).values() if "Pilot" in html or "Gateway Unified" in html]


def test_same_input_gives_same_bytes() -> None:
    """Nothing depends on the day, on chance, or on what was rendered before."""
    assert furnished(year=calendar()) == dict(sample_courses())


def test_texts_are_marked() -> None:
    """Each text stands in one element with its key and the start of the hash of what is inside."""
    for content in sample_courses().values():
        for key, html in _texts(content).items():
            found = MARKED.fullmatch(html)
            assert found
            assert (found[1], found[2]) == (f"{content.course}:{key}", sha256(found[3].encode()).hexdigest()[:12])


def test_part_is_inside_its_block() -> None:
    """A page with a generated part holds exactly that part in the one block with its id; others have none."""
    for content in sample_courses().values():
        for each in content.pages:
            opened = re.findall(r'<div id="ilc-generated" data-ilc-part="[a-z-]+">', each.html)
            assert len(opened) == bool(each.part)
            assert not each.part or f"{opened[0]}{each.part}</div>" in each.html


def test_items_are_there() -> None:
    """Each item is a page or discussion of its course, each module has items, and home is a published page."""
    for content in sample_courses().values():
        pages, topics = {each.key for each in content.pages}, {each.key for each in content.topics}
        for module in content.modules:
            assert module.items
            assert all(each.target in (pages if each.kind == "page" else topics) for each in module.items)
        assert page(content, content.home).published


def test_links_lead_somewhere() -> None:
    """Each link within a course names a page or discussion that it has."""
    for content in sample_courses().values():
        known = {f"ilc:page:{each.key}" for each in content.pages} | {f"ilc:topic:{each.key}" for each in content.topics}
        known |= {"ilc:modules", "ilc:discussions", "ilc:calendar", "ilc:hub"}
        links = {link for html in _texts(content).values() for link in re.findall(r'href="(ilc:[^"]*)"', html)}
        assert links <= known


def test_modules_for_facilitators_stay_closed() -> None:
    """The module for those who run the course is never published, nor is its page; all else is."""
    for word, content in sample_courses().items():
        closed = [module for module in content.modules if not module.published]
        assert [module.key for module in closed] == ([] if word == "hub" else [closed[0].key])
        hidden = {item.target for module in closed for item in module.items}
        assert hidden == {each.key for each in _all(content) if not each.published}


def test_meetings_keep_their_numbers() -> None:
    """A cancelled meeting keeps its number, page, and module, says that it is cancelled, and has no link; the others stay as they were."""
    before = furnished(year=meetings({}, {"join_url": "https://meet.example.org/j/2"}, {}))["cop:EQ"]
    after = furnished(year=meetings({}, {"join_url": "https://meet.example.org/j/2", "status": "cancelled"}, {}))["cop:EQ"]
    assert [module.name for module in before.modules] == [module.name for module in after.modules]
    assert "https://meet.example.org/j/2" in page(before, "meeting-COP-EQ-2").part
    assert "Join" not in page(after, "meeting-COP-EQ-2").part
    assert "<strong>Cancelled.</strong>" in page(after, "meeting-COP-EQ-2").part
    assert page(before, "meeting-COP-EQ-3") == page(after, "meeting-COP-EQ-3")


def test_time_zone_is_said_once_or_each_time() -> None:
    """One zone stands in the caption; if meetings are in several, each says its own."""
    one, two = furnished(year=meetings({}, {})), furnished(year=meetings({}, {"zone": "America/Denver"}))
    assert page(one["cop:EQ"], "home").part.count("Pacific Time") == 1
    assert "<caption" in page(one["cop:EQ"], "home").part.partition("this community, Pacific Time</caption>")[0]
    both = page(two["cop:EQ"], "home").part
    assert "this community</caption>" in both
    assert "4:30–6:00 PM, Pacific Time" in both
    assert "4:30–6:00 PM, Mountain Time" in both
    assert page(one["hub"], "calendar").part.count("Pacific Time") == 2


def test_joint_and_section_meetings_have_no_module() -> None:
    """A joint meeting is in the table of both communities; neither it nor one of a section has a page or a module."""
    for word in ("cop:EQ", "cop:ES", "cop:MATH"):
        assert not [each.key for each in sample_courses()[word].modules if "JOINT" in each.key or "EXTRA" in each.key]
    assert "Joint session: Equity and Ethnic Studies" in page(sample_courses()["cop:ES"], "home").part
    assert "work group" not in page(sample_courses()["cop:MATH"], "home").html


def test_course_without_calendar() -> None:
    """Before a calendar is signed, there are no meetings and no empty module, and the pages say so."""
    courses = furnished()
    assert _size(courses["cop:EQ"]) == (5, 8, 5, 12)
    assert "The dates are not set." in page(courses["cop:EQ"], "home").part
    assert [module.key for module in courses["net:R1"].modules] == ["start", "resources", "for-staff"]


def test_changed_facilitator_changes_two_boxes() -> None:
    """Only the generated parts of the COP's home and of the hub change when somebody else facilitates."""
    before = sample_courses()
    after = furnished(rows=with_cop(roster(3), "ELD", facilitator_ids=("ILC-0285", "ILC-0006")), year=calendar())
    changed = [(word, each.key) for word, content in before.items() for each in content.pages if each not in after[word].pages]
    assert changed == [("cop:ELD", "home"), ("hub", "home"), ("hub", "communities")]
    for word, key in changed:
        old, new = page(before[word], key), page(after[word], key)
        assert old.html.partition(old.part)[2] == new.html.partition(new.part)[2]


def test_amended_roster_changes_few_boxes() -> None:
    """Version 4 changes a facilitator, a team's name, and a start-up's members: their boxes and the hub's, and no other text."""
    before, after = sample_courses(), furnished(rows=roster(4), year=calendar())
    changed = [(word, each.key) for word, content in before.items() for each in content.pages if each not in after[word].pages]
    assert changed == [("cop:ELD", "home"), ("net:R1", "teams"), ("pilot:P417", "home"), ("hub", "home"), ("hub", "communities")]
    for word, key in changed:
        old, new = page(before[word], key), page(after[word], key)
        assert old.html.partition(old.part)[2] == new.html.partition(new.part)[2]


def test_only_active_cops_have_content() -> None:
    """A planned or cancelled COP has no course, and the hub does not name it."""
    after = furnished(rows=with_cop(roster(3), "EQ", status="cancelled"), year=calendar())
    assert "cop:EQ" not in after
    assert "Equity &amp; Justice" not in page(after["hub"], "communities").html


def test_tool_needs_its_credit(tmp_path: Path) -> None:
    """A tool with authors, version and license has a page in the hub and a card in each course; one without has neither."""
    courses = furnished(require_shelf(edited(tmp_path, {"tools/primary-sources.md": CREDIT})), year=calendar())
    assert _size(courses["hub"]) == (8, 0, 2, 8)
    tool = page(courses["hub"], "tool-primary-sources")
    assert "By Ana Ruiz, version 2, CC BY 4.0. Please keep this line." in tool.html
    assert 'href="ilc:hub:page:tool-primary-sources"' in page(courses["cop:EQ"], "tools").part
    assert "Workplaces where adults" not in page(courses["cop:EQ"], "tools").html


def test_office_speaks_for_itself() -> None:
    """What the settings say about the office is in the texts; without an address none is shown."""
    said = Office("our office", "help@example.org", mini_grant="Ask by March.", honorarium="Ask Ana.")
    ours, bare = furnished(office=said), furnished(office=Office())
    assert "help@example.org" in page(ours["cop:EQ"], "home").html
    assert "<p>Ask by March.</p>" in page(ours["net:R1"], "mini-grants").html
    assert "<p>Ask Ana.</p>" in page(ours["net:R1"], "honoraria").html
    assert "write to a facilitator. We would" in page(bare["cop:EQ"], "home").html
    assert "Write to the program office." in page(bare["hub"], "help").html


PASSCODES = [
    {"join_url": "https://zoom.example.org/j/5?pwd=Q7x"},
    {"join_url": "https://zoom.example.org/j/5#Q7x"},
    {"join_url": "https://me:Q7x@zoom.example.org/j/5"},
    {"join_url": "https://zoom.example.org/passcode/Q7x"},
    {"join_url": "javascript:Q7x"},
    {"location": "Zoom, passcode Q7x"},
    {"location": "https://zoom.example.org/j/5?pwd=Q7x"},
    {"location": "pass\u200bcode: Q7x"},
    {"title": "Meeting, PIN Q7x", "audience": ("EQ", "ES")},
    {"description": "The password is Q7x"},
]


@pytest.mark.parametrize("change", PASSCODES)
def test_passcodes_stay_out_of_texts(change: dict[str, object]) -> None:
    """What may be a passcode is in no text of any course; a link that may hold one is left to the calendar."""
    courses = furnished(year=meetings(change))
    texts = [html for content in courses.values() for html in _texts(content).values()]
    assert not [html for html in texts if "Q7x" in html]
    if "join_url" in change:
        assert 'in the event in <a href="ilc:calendar">' in page(courses["cop:EQ"], "meeting-COP-EQ-1").part


HOSTILE = [
    "<script>alert(1)</script>", "{{7*7}}", "{% for x in y %}", "**bold** [x](https://evil.example)", "![x](https://evil.example/a.png)",
    '"><img src=x onerror=alert(1)>', "&lt;b&gt; &amp; &#42;", "# heading", "- item", "1. item", "| a | b |", "`code`", "a\u200bb",
    "\u202eevil\u202c", "line\n\n## two", "    code", "+++", "~~~", "https://evil.example", "<!-- x -->", "x</div></div>", "\\*x\\*",
    "_x_ __y__",
]  # fmt: skip


@cache
def _plain_words() -> dict[str, CourseContent]:
    return furnished(rows=with_cop(roster(3), "EQ", title="X", partner_institution="X"), year=meetings({"location": "X"}))


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_words(value: str) -> None:
    """Whatever a title, name, or place holds, it is shown as words: no markup, no link, no second rendering, no turned writing."""
    rows = with_cop(with_person(roster(3), "ILC-0281", display_name=value), "EQ", title=value, focus_area=value, partner_institution=value)
    plain = _plain_words()
    courses = furnished(rows=rows, year=meetings({"location": value}))
    for word in ("cop:EQ", "hub"):
        for key, html in _texts(courses[word]).items():
            assert re.findall(r"<[^>]*>", html)[1:] == re.findall(r"<[^>]*>", _texts(plain[word])[key])[1:]
            assert not re.search("[\u200b\u202a-\u202e]", html)


def test_hostile_value_is_shown_whole() -> None:
    """Escaped once, and not twice."""
    html = page(furnished(rows=with_cop(roster(3), "EQ", title="<b>{{7*7}}</b> & *x*"))["cop:EQ"], "home").html
    assert "<strong>Welcome to &lt;b&gt;{{7*7}}&lt;/b&gt; &amp; *x*.</strong>" in html
