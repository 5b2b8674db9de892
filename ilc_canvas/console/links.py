"""Links: where each next step leads, and the addresses of runs, courses and people."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from ilc_canvas.reconcile.state import Key, course_of, person_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.views.selectors import word_of

_HINT = re.compile(r"‹([a-z-]+)(?: ([^‹›]*))?›")


class Part(NamedTuple):
    """A piece of a sentence: text, or a link with its words."""

    text: str
    url: str = ""


_OPERATOR = Part("ask the operator")
"""What only the operator can do, on the terminal."""


def run_url(number: object) -> str:
    """/runs/6"""
    return f"/runs/{number}"


def course_url(key: Key) -> str:
    """/courses/cop:EQ; empty for what is in no course."""
    course = course_of(key)
    return f"/courses/{quote(word_of(course), safe=':')}" if course else ""


def person_url(key: Key) -> str:
    """/people/ILC-0001; empty for what is about no person."""
    person = person_of(key)
    return f"/people/{quote(person.id.rpartition(':')[2])}" if person.rule.is_person else ""


def _page(url: str, words: str) -> Callable[[str], Part]:
    return lambda _: Part(words, url)


def _run(about: str) -> Part:
    return Part(f"Run {about}", run_url(quote(about)))


def _plan(about: str) -> Part:
    return Part("Read the plan", f"/plans/{quote(about.split(' ')[0])}")


def _document(about: str) -> Part:
    """roster, or calendar 3; other documents are the operator's."""
    name, _, version = about.partition(" ")
    number = version.split(" ")[0]
    url = f"/{name}/{number}" if number.isascii() and number.isdigit() else f"/{name}"
    return Part(name.capitalize(), url) if name in ("roster", "calendar") else _OPERATOR


def _person(about: str) -> Part:
    return Part(about, f"/people/{quote(about)}")


_STEPS: Mapping[Next, Callable[[str], Part]] = {
    Next.APPROVE_PLAN: _plan,
    Next.ASK_AGAIN_FOR_SYNC: _page("/sync", "Sync now"),
    Next.ASK_ABOUT_PERSON: _page("/who", "Who is who"),
    Next.AUDIT_LOG: _page("/audit", "Audit log"),
    Next.CONFIRM_ADMINISTRATOR: _page("/who", "choose it once more"),
    Next.CALENDARS: _page("/calendar", "Calendar"),
    Next.DECLINED: _page("/alone", "Left alone"),
    Next.DRIFT: _page("/alone", "Left alone"),
    Next.EXPLAIN_PERSON: _person,
    Next.FIND_PERSON: _page("/people", "People"),
    Next.FINALIZE_DOCUMENT: _document,
    Next.IMPORT_DOCUMENT: _document,
    Next.PARKED: _page("/alone", "Left alone"),
    Next.PLAN: _page("/sync?kind=plan", "Ask for a plan"),
    Next.READY: _page("/courses", "Courses"),
    Next.REJECT_PLAN: _plan,
    Next.REPAIR: _page("/alone", "Left alone"),
    Next.RESUME: _page("/sync", "Sync now, pause"),
    Next.REVIEW_PEOPLE: _page("/who", "Who is who"),
    Next.ROSTERS: _page("/roster", "Roster"),
    Next.RUNS: _page("/runs", "Runs"),
    Next.SHOW_RUN: _run,
    Next.SHOW_DOCUMENT: _document,
    Next.SIGN_DRAFT: _document,
    Next.STATUS: _page("/", "Today"),
    Next.SYNC: _page("/sync", "Sync now"),
    Next.VERIFY_LOG: _page("/audit", "Audit log"),
}
_KNOWN = frozenset(map(str, Next))


def parts(text: str) -> Iterator[Part]:
    """The sentence in pieces, with each hint as a link."""
    end = 0
    for hint in _HINT.finditer(text):
        yield Part(text[end : hint.start()].rstrip("`"))
        yield _part(hint)
        end = hint.end()
    yield Part(text[end:].removeprefix("`"))


def _part(hint: re.Match[str]) -> Part:
    """A link; what only looks like a hint, as somebody may have typed it, stays text."""
    if (code := f"‹{hint[1]}›") not in _KNOWN:
        return Part(hint[0])
    step = _STEPS.get(Next(code))
    return step(hint[2] or "") if step else _OPERATOR


def plain_text(text: str) -> str:
    """The sentence with the words of each link alone."""
    return "".join(part.text for part in parts(text))


def pieces(digest: str) -> str:
    """A long digest in groups of eight, so that it can be compared and wraps."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
