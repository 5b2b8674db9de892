"""Saving a page without losing what somebody saves in the same moment: Canvas has no conditional write (live-server 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ilc_canvas.canvas.http.failures import SettledError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.records import Row, instant
from ilc_canvas.canvas.texts.generated_box import box_digest, digest, inside, with_inside
from ilc_canvas.canvas.texts.links import linked
from ilc_canvas.reconcile.change import Update
from ilc_canvas.reconcile.compare.boxes import BY_HAND
from ilc_canvas.reconcile.compare.editors import Edit
from ilc_canvas.reconcile.errors import RefusedError
from ilc_canvas.reconcile.state import Key

SAVED_MEANWHILE = "page-saved-meanwhile"
"""The reason if somebody has saved the page since it was read: that text is there, and ours is not."""
BOX_EDITED = "page-box-edited"
"""The reason if somebody has edited the generated part of a page, or taken it out."""


def one(access: Access, course: Key, number: int) -> Row:
    """The page of this number, with its body. NotFoundError or MissingRightError if it is not there (any more)."""
    return access.transport.call("GET", _path(access, course, number)).row


def last_edit(access: Access, course: Key, number: int) -> Edit:
    """Who has saved the page of this number last, and when."""
    newest = access.transport.call("GET", f"{_path(access, course, number)}/revisions", per_page=1).rows[0]
    return Edit(int(newest["edited_by"]["id"]), str(instant(newest["updated_at"])))


def text_pair(access: Access, change: Update) -> tuple[str, str] | None:
    """The text of a page as it is and as the change would make it; None if it changes no text."""
    course = change.after.parents[0]
    if "part" not in change.fields and "text" not in change.fields:
        return None
    body = one(access, course, change.after.handle or access.number_of(change.key))["body"] or ""
    if "text" in change.fields:
        return body, linked(access.texts.html[change.key], course, access)
    return body, with_inside(body, linked(access.texts.parts[change.key], course, access))


def _path(access: Access, course: Key, number: int) -> str:
    return f"courses/{access.number_of(course)}/pages/page_id:{number}"


@dataclass(frozen=True)
class Saving:
    """One change of one page, the page of this number."""

    access: Access
    change: Update
    course: Key
    number: int

    def save_text(self, form: Mapping[str, Any]) -> Answer:
        """Write title or body of a page that is as it was when the plan was made; RefusedError if it is not."""
        row = self._look()
        if "title" in form and not self._is_as_planned(row):
            raise RefusedError(SAVED_MEANWHILE)
        return self._saved(row, form)

    def save_box(self) -> Answer:
        """Replace what the box holds, in whatever text it stands by now; RefusedError if the box is not as it was."""
        return self._box(linked(self.access.texts.parts[self.change.key], self.course, self.access))

    def former_text(self) -> Answer:
        """Title and body as they were before a run wrote them."""
        row = self._look()
        if not self._is_as_planned(row):
            raise RefusedError(SAVED_MEANWHILE)
        self._put_back(self._former("former_text"), was_front=bool(row["front_page"]))
        return self.access.transport.call("GET", self._path)

    def former_box(self) -> Answer:
        """What the box held before a run wrote it, in whatever text it stands by now; a box that was written along with its text has gone
        back with it.
        """
        if "former_part" not in self.change.before.fields:
            answer = self.access.transport.call("GET", self._path)
            if box_digest(answer.row["body"], self.access.host) != self.change.before.fields.get("shown_part"):
                return answer
        revision = self.access.transport.call("GET", f"{self._path}/revisions/{self._former('former_part')}").row
        return self._box(inside(revision["body"]) or "")

    @property
    def _path(self) -> str:
        return _path(self.access, self.course, self.number)

    def _look(self) -> Row:
        return one(self.access, self.course, self.number)

    def _is_as_planned(self, row: Row) -> bool:
        """By its stamp and, if it is to be as we left it, by what it says: a stamp has whole seconds, and somebody may save in the second
        in which we have written.
        """
        before = self.change.before.fields
        is_ours = not str(before.get("text")).startswith("at ")
        return row["updated_at"] == before.get("stamp") and (not is_ours or self._digest(row["body"]) == before.get("shown_body"))

    def _digest(self, html: str | None) -> str:
        return digest(html, self.access.host)

    def _box(self, part: str) -> Answer:
        row, before = self._look(), self.change.before.fields
        present = box_digest(row["body"], self.access.host)
        is_known = present in (before.get("shown_part"), self._digest(part))
        is_given_up = before.get("part") == BY_HAND and row["updated_at"] == before.get("stamp")
        if inside(row["body"]) is None or not (is_known or is_given_up):
            raise RefusedError(BOX_EDITED)
        return self._saved(row, {"body": with_inside(row["body"], part)})

    def _saved(self, row: Row, form: Mapping[str, Any]) -> Answer:
        """PUT, and look at the version before ours: if it is not what was read, somebody saved in between, and it is put back."""
        answer = self.access.transport.call("PUT", self._path, wiki_page=dict(form))
        if answer.row["page_id"] != self.number:
            raise RefusedError(f"Canvas answered with page {answer.row['page_id']} instead of {self.number}.")
        if answer.row["updated_at"] == row["updated_at"]:
            return answer
        revisions = self.access.transport.call("GET", f"{self._path}/revisions", per_page=2).rows
        if len(revisions) < 2:
            return answer
        former = int(revisions[1]["revision_id"])
        if not self._is_same(self.access.transport.call("GET", f"{self._path}/revisions/{former}").row, row):
            self._put_back(former, was_front=bool(row["front_page"]))
            raise SettledError(SAVED_MEANWHILE)
        self.access.former[self.change.key] = former
        return answer

    def _is_same(self, revision: Row, row: Row) -> bool:
        """By what it says: somebody's to-do date makes a version too, of the same text."""
        return bool(revision["title"] == row["title"] and self._digest(revision["body"]) == self._digest(row["body"]))

    def _former(self, name: str) -> int:
        former = self.change.before.fields.get(name)
        if not isinstance(former, int):
            raise RefusedError(f"Nobody knows the former version of {self.change.key}.")
        return former

    def _put_back(self, revision: int, *, was_front: bool) -> None:
        """A revert may bring back another slug, by which the course loses its front page (live-content 6)."""
        self.access.transport.call("POST", f"{self._path}/revisions/{revision}", repeatable=False)
        if was_front:
            self.access.transport.call("PUT", self._path, wiki_page={"front_page": True})
