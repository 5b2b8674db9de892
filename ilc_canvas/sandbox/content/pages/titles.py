"""Titles and addresses of pages: what Canvas makes of one that is taken."""

import re
from itertools import count
from unicodedata import combining, normalize

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.records import Page
from ilc_canvas.sandbox.world.world import World

BLANK = "Title can't be blank"
NO_LETTERS = "Title must contain at least one letter or number"
LONGEST = 255


def checked(title: str | None) -> str:
    """A title as it was sent; refused if it is blank, without a letter or a number, or too long."""
    wanted = (title or "").strip()
    if not wanted:
        raise errors.invalid({"title": [errors.own(BLANK)]})
    if not slug_of(wanted):
        raise errors.invalid({"title": [errors.own(NO_LETTERS)]})
    if len(wanted) > LONGEST:
        raise errors.invalid({"title": [errors.own(f"Title can't exceed {LONGEST} characters")]})
    return wanted


def free(call: Call, course_id: int, title: str, *, but: Page | None = None) -> tuple[str, str]:
    """The title and slug that a page gets. A number at the end of a title that is taken is counted on, one of a slug is not.

    What others made since the request began does not count.
    """
    pages = [page for page in call.world.course_pages(course_id) if page is not but]
    titles, slugs = {page.title for page in pages}, {page.slug for page in pages}
    if call.moment is not None and call.moment.course_id == course_id:
        titles, slugs = titles & call.moment.titles, slugs & call.moment.slugs
    stem = re.sub(r"-[0-9]+$", "", title)
    return numbered(title, titles, stem), numbered(slug_of(title), slugs, slug_of(title))


def numbered(text: str, taken: set[str], stem: str) -> str:
    """The text, or if it is taken the stem with the first number that is free."""
    return text if text not in taken else next(each for each in (f"{stem}-{number}" for number in count(2)) if each not in taken)


def slug_of(title: str) -> str:
    letters = "".join(letter for letter in normalize("NFKD", title) if not combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")


def title_of(ref: str) -> str:
    """What a page is called that a PUT to an unknown address makes."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_ ]+", ref))


def sought(world: World, course_id: int, ref: str) -> Page | None:
    """By `page_id:N`, deleted ones too; else by slug, the lowest number first; else by the number that the reference begins with."""
    number = re.fullmatch(r"page_id:([0-9]+)", ref)
    if number:
        return next((page for page in world.all_pages(course_id) if page.id == int(number[1])), None)
    live = world.course_pages(course_id)
    named = next((page for page in live if page.slug in (ref, slug_of(ref))), None)
    leading = re.match(r"[0-9]+", ref)
    return named or next((page for page in live if leading and page.id == int(leading[0])), None)
