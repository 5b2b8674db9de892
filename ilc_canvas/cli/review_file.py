"""The questions about people as a table for a spreadsheet, with an empty column for the answers."""

import csv
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from ilc_canvas import bootstrap
from ilc_canvas.cli.new_file import new_file
from ilc_canvas.cli.review import details_of, sentence
from ilc_canvas.program.deciding import id_of
from ilc_canvas.reconcile.identity import Question
from ilc_canvas.roster.findings import visible
from ilc_canvas.store.audit import settings_and_exports
from ilc_canvas.store.audit.reader import safe_cell
from ilc_canvas.store.db.database import Store
from ilc_canvas.views.choices import choices
from ilc_canvas.views.people import Review

FIRST = ("person_id", "name", "email", "question")
LAST = ("answers_possible", "answer")


def write(path: Path, found: Review, store: Store, *, existing_write: str) -> None:
    """A file for its owner alone, since it holds names; the audit log says that it was taken. IlcError if there is one already."""
    most = max(len(question.accounts) for question in found.questions)
    accounts = [f"account_{number}" for number in range(1, most + 1)]
    with new_file(path) as file:
        settings_and_exports.exported_questions(store, people=len(found.questions), actor=bootstrap.actor(), at=bootstrap.now())
        writer = csv.writer(file)
        writer.writerow([*FIRST, *accounts, *LAST])
        writer.writerows(_row(question, found, most=most, existing_write=existing_write) for question in found.questions)


def _row(question: Question, found: Review, *, most: int, existing_write: str) -> Iterator[str]:
    person = found.basis.people.get(question.key)
    given = choices(question, found.basis, existing_write=existing_write) if person else ()
    words = " | ".join(choice.word for choice in given if choice.word)
    about = (id_of(question.key), person.display_name if person else "", person.email if person else "", sentence(question, found))
    accounts = (_account(number, found) for number in question.accounts)
    padded = (cell for cell, _ in zip_longest(accounts, range(most), fillvalue=""))
    return (safe_cell(cell) for cell in (*map(_whole, about), *padded, words, ""))


def _whole(text: str) -> str:
    """On one line, whatever is in it."""
    return "".join(char if char.isprintable() else visible(char) for char in text)


def _account(number: int, found: Review) -> str:
    """1234: Name, login, address, SIS ids, last login, courses"""
    seen = found.shown.get(number)
    if seen is None:
        return f"{number}: {'not shown, since Canvas could not be asked' if found.unseen else 'cannot be read any more'}"
    details = details_of(seen)
    parts = (
        visible(seen.account.name),
        f"login {', '.join(details['logins']) or 'none'}",
        f"address {', '.join(details['addresses']) or 'none'}",
        f"SIS id {', '.join(details['sis_ids']) or 'none'}",
        f"last login {details['last_login'] or 'not known'}",
        f"courses {', '.join(map(visible, seen.courses)) or 'none'}",
    )
    return f"{number}: {'; '.join(parts)}"
