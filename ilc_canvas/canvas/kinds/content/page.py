"""Pages of a course. They have no SIS id: they are found by number, or by the marker in their text.

A page is only ever written by its number, after a look at it: a PUT to a page that is not there makes one (live-content 2).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.content.page_saving import Saving, one
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number
from ilc_canvas.canvas.texts.generated_box import box_digest, digest
from ilc_canvas.canvas.texts.links import linked
from ilc_canvas.canvas.texts.rich_text import marker
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.errors import IncompleteError
from ilc_canvas.reconcile.kinds import DOUBLED, Kind, Value
from ilc_canvas.reconcile.state import Fields, Key, Record


def _record(row: Row, key: Key, course: Key) -> Record:
    """`text` is when title or body last changed: nothing else moves that stamp (live-content 1)."""
    stamp = str(row["updated_at"])
    fields: dict[str, Value] = {
        "name": str(row["title"]),
        "text": f"at {stamp}",
        "published": bool(row["published"]),
        "slug": str(row["url"]),
        "stamp": stamp,
        "is_front": bool(row["front_page"]),
    }
    return Record(key, fields, (course,), row["page_id"])


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    """The pages of a course: ours by number, else by marker. Lists have no bodies, so others are opened only to look for ours."""
    if not reading.wants(Kind.PAGE, course):
        return []
    path = f"courses/{course.handle}/pages"
    rows = whole_list(reading.transport, path)
    known, unknown = reading.numbered_in(Kind.PAGE, course), reading.unknown_in(Kind.PAGE, course)
    others = [row["page_id"] for row in rows if row["page_id"] not in known]
    texts = reading.each(lambda number: reading.singly(path, f"page_id:{number}")[0], others) if unknown else []
    marked = {row["page_id"]: Key(Kind.PAGE, marker(row["body"])) for row in texts if row}
    counts = Counter(marked.values())
    keys = {**{number: key for number, key in marked.items() if key in unknown and counts[key] == 1}, **known}
    doubled = [Record(key, {"state": DOUBLED}, (course.key,)) for key in unknown if counts[key] > 1]
    return [*(_record(row, keys.get(row["page_id"]) or Key(Kind.PAGE, by_number(row["page_id"])), course.key) for row in rows), *doubled]


def _read(access: Access, subject: Record) -> Record | None:
    """One by its number, with how it was left; one that was just made, and gave no answer, by its marker."""
    course, number = subject.parents[0], access.handles.get(subject.key)
    rows = [one(access, course, number)] if number else list(_marked(access, subject))
    if len(rows) > 1:
        raise IncompleteError(f"Several pages carry the marker of {subject.key.id}. Delete all but one of them in Canvas.")
    return _as_left(access, rows[0], subject) if rows else None


def _marked(access: Access, subject: Record) -> Iterator[Row]:
    course = subject.parents[0]
    title = str(subject.fields.get("name", ""))
    rows = whole_list(access.transport, f"courses/{access.number_of(course)}/pages", **({"search_term": title} if len(title) > 1 else {}))
    for row in rows:
        page = one(access, course, row["page_id"])
        if marker(page["body"]) == subject.key.id:
            yield page


def _as_left(access: Access, row: Row, subject: Record) -> Record:
    """`text` and `part` are as wanted if the body is what is sent; else they are what Canvas has."""
    found, sent = _record(row, subject.key, subject.parents[0]), linked(access.texts.html.get(subject.key, ""), subject.parents[0], access)
    same = bool(sent) and digest(row["body"], access.host) == digest(sent, access.host)
    wanted = {name: subject.fields[name] for name in ("text", "part") if name in subject.fields} if same else {}
    return Record(found.key, {**found.fields, **wanted, **_shown(access, row)}, found.parents, found.handle)


def _shown(access: Access, row: Row) -> dict[str, str]:
    return {
        "shown_text": f"at {row['updated_at']}",
        "shown_name": str(row["title"]),
        "shown_part": box_digest(row["body"], access.host),
        "shown_body": digest(row["body"], access.host),
    }


def _create(access: Access, change: Create) -> Answer:
    """With its text, published or not, in one call. A title that somebody else has gets a number from Canvas."""
    after, course = change.after, change.after.parents[0]
    form = {
        "title": after.fields["name"],
        "body": linked(access.texts.html[after.key], course, access),
        "published": after.fields["published"],
    }
    answer = access.post(f"courses/{access.number_of(course)}/pages", wiki_page=form)
    check_echo(after.key, {"title": form["title"], "published": form["published"]}, answer.row, texts={"title": None})
    access.handles[after.key], access.slugs[after.key] = answer.row["page_id"], str(answer.row["url"])
    return answer


def _update(access: Access, change: Update) -> Answer:
    """Title and text together, the box by itself, publishing by itself: one change each. What a run has written is undone by version."""
    course, number = change.after.parents[0], change.after.handle or access.number_of(change.key)
    page = Saving(access, change, course, number)
    if "part" in change.fields:
        return page.save_box() if _is_at_hand(access, change, "part") else page.former_box()
    if "text" in change.fields and not _is_at_hand(access, change, "text"):
        return page.former_text()
    form = {theirs: change.fields[ours] for ours, theirs in (("name", "title"), ("published", "published")) if ours in change.fields}
    if "text" in change.fields:
        form |= {"title": change.after.fields["name"], "body": linked(access.texts.html[change.key], course, access)}
    answer = page.save_text(form)
    access.slugs[change.key] = str(answer.row["url"])
    return answer


def _is_at_hand(access: Access, change: Update, name: str) -> bool:
    """Whether the text that is wanted is the one that the templates give now."""
    return access.texts.versions.get(change.key, {}).get(name) == change.after.fields[name]


def _left(access: Access, change: Change, answer: Answer) -> Fields | None:
    if isinstance(change, Update) and set(change.fields) <= {"published"}:
        return None
    former = access.former.pop(change.key, None)
    name = "former_part" if isinstance(change, Update) and "part" in change.fields else "former_text"
    return {**_shown(access, answer.row), **({name: former} if former else {})}


def _number(_change: Change, answer: Answer) -> int | None:
    return answer.row.get("page_id")


_LABEL = "Pages - create, Pages - update"
PAGE = CanvasKind(
    calls=(
        Call(r"GET courses/ID/pages|GET courses/ID/pages/page_id:[0-9]+", "see pages", '"Course Content - view" (read_course_content)'),
        Call(
            r"POST courses/ID/pages|PUT courses/ID/pages/page_id:[0-9]+",
            "make or change pages",
            f'"{_LABEL}" (manage_wiki_create, manage_wiki_update)',
        ),
        Call(
            r"(GET|POST) courses/ID/pages/page_id:[0-9]+/revisions(/[0-9]+)?",
            "see and put back former versions of a page",
            '"Pages - update" (manage_wiki_update)',
        ),
    ),
    needs=(
        Need(
            "write_pages",
            (right("manage_wiki_create", "manage_wiki_update"), right("manage_wiki")),
            "give the courses their pages",
            _LABEL,
            is_mild=True,
        ),
    ),
    right=f"{_LABEL} (manage_wiki_create, manage_wiki_update)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    left=_left,
    number=_number,
    is_left_as_seen=True,
)
