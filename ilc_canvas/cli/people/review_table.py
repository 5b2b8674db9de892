"""The questions about people as a table for a spreadsheet, with an empty column for the answers."""

import csv
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from ilc_canvas import process
from ilc_canvas.cli.people.review import details_of, sentence
from ilc_canvas.cli.store.new_file import new_file
from ilc_canvas.program.people.decisions import id_of
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.roster.findings import visible
from ilc_canvas.store.audit import settings_and_exports
from ilc_canvas.store.audit.reader import safe_cell
from ilc_canvas.store.db.database import Store
from ilc_canvas.views.people.decision_options import choices
from ilc_canvas.views.people.review import Review

FIRST = ("person_id", "name", "email", "question")
LAST = ("answers_possible", "answer")


def write(path: Path, result: Review, store: Store, *, existing_write: str) -> None:
    """Write a file readable only by its owner, since it holds names. The audit log records it. IlcError if the file exists."""
    widest = max(len(question.accounts) for question in result.questions)
    accounts = [f"account_{number}" for number in range(1, widest + 1)]
    with new_file(path) as file:
        settings_and_exports.exported_questions(store, people=len(result.questions), actor=process.actor(), at=process.now())
        writer = csv.writer(file)
        writer.writerow([*FIRST, *accounts, *LAST])
        writer.writerows(_row(question, result, widest=widest, existing_write=existing_write) for question in result.questions)


def _row(question: Question, result: Review, *, widest: int, existing_write: str) -> Iterator[str]:
    person = result.context.people.get(question.key)
    answers = choices(question, result.context, existing_write=existing_write) if person else ()
    words = " | ".join(choice.word for choice in answers if choice.word)
    columns = (id_of(question.key), person.display_name if person else "", person.email if person else "", sentence(question, result))
    accounts = (_account(number, result) for number in question.accounts)
    padded = (cell for cell, _ in zip_longest(accounts, range(widest), fillvalue=""))
    return (safe_cell(cell) for cell in (*map(_on_one_line, columns), *padded, words, ""))


def _on_one_line(text: str) -> str:
    """The text on one line, with unprintable characters escaped."""
    return "".join(char if char.isprintable() else visible(char) for char in text)


def _account(number: int, result: Review) -> str:
    """1234: Name, login, address, SIS ids, last login, courses"""
    account_details = result.accounts.get(number)
    if account_details is None:
        return f"{number}: {'not shown, since Canvas could not be read' if result.canvas_error else 'can no longer be read'}"
    details = details_of(account_details)
    parts = (
        visible(account_details.account.name),
        f"login {', '.join(details['logins']) or 'none'}",
        f"address {', '.join(details['addresses']) or 'none'}",
        f"SIS id {', '.join(details['sis_ids']) or 'none'}",
        f"last login {details['last_login'] or 'not known'}",
        f"courses {', '.join(map(visible, account_details.courses)) or 'none'}",
    )
    return f"{number}: {'; '.join(parts)}"
