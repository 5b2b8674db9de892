"""people review: each question with its accounts side by side, and what each answer would do"""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas.cli.commands import said
from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import cut, plain, say, say_json
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.reconcile.identity import Question
    from ilc_canvas.settings import Settings
    from ilc_canvas.views.people import Review, Shown

NARROW, WIDE = 80, 120
_COMMAND = re.compile(r"ilc-canvas [^;]*$")
_COLUMN = 22  # characters that a column needs to be read
File = Annotated[Path | None, typer.Option("--csv", help="A file that is not there yet: the questions as a table to fill in.")]


def review(csv: File = None, all_rows: All = False, as_json: Json = False) -> None:
    """Everybody about whom somebody must decide, with the Canvas accounts that can be meant; and who is held by an account of others."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.asking import accounts
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.cli.review_file import write
    from ilc_canvas.views import people

    settings = begin()
    with bootstrap.opened(settings) as store:
        found = people.review(settings, store, accounts(settings), at=bootstrap.now())
        if csv and found.questions:
            write(csv, found, store, existing_write=settings.people.existing_write)
    if found.unseen:
        sys.stderr.write(plain(f"{said(found.unseen)} So only what the store knows is shown here.\n"))
    if as_json:
        say_json([_as_json(question, found, settings) for question in found.questions])
    elif csv:
        say(*_written(csv, len(found.questions)))
    else:
        say(*_lines(found, settings, all_rows=all_rows))


def _written(file: Path, number: int) -> Iterator[str]:
    if not number:
        yield f"There are no questions about people, so {file} was not written."
        return
    yield f"{file} has {count(number, 'question')}, with names and addresses: for few eyes, and not to be kept."
    yield f'Fill in the column "answer", then: ilc-canvas people decide {file} --reason "..."'


def _lines(found: "Review", settings: "Settings", *, all_rows: bool) -> Iterator[str]:
    number = len(found.questions)
    if number:
        yield f"Somebody must decide about {count(number, 'person', 'people')}. Until then nothing is done about them."
    else:
        yield "There are no questions about people."
    for question in found.questions:
        yield from _question(question, found, settings)
    if number > 1:
        yield from ("", "To answer many at once, in a spreadsheet: ilc-canvas people review --csv FILE")
    yield from _matched(found, all_rows=all_rows)


def _question(question: "Question", found: "Review", settings: "Settings") -> Iterator[str]:
    """Who it is, what is unclear, the accounts, and the answers."""
    from ilc_canvas.cli.choosing import command_of
    from ilc_canvas.program.deciding import id_of
    from ilc_canvas.views.choices import choices, refused

    width = _width()
    person = found.basis.people.get(question.key)
    yield from ("", f"{id_of(question.key)}  {_one(person.display_name)} <{_one(person.email)}>" if person else id_of(question.key))
    yield from _wrapped(sentence(question, found), width)
    yield from _tables(question, found, width)
    for text in refused(question, found.basis) if person else ["Not in the roster any more: the next plan does not ask about this id."]:
        yield from _wrapped(text, width)
    for choice in choices(question, found.basis, existing_write=settings.people.existing_write) if person else ():
        yield f"  {command_of(choice.decision)}"
        yield from _wrapped(choice.effect, width, indent=6)


def sentence(question: "Question", found: "Review") -> str:
    """What is unclear, and about whom else it is."""
    from ilc_canvas.reconcile.said import QUESTIONS

    text = QUESTIONS[question.kind]
    others = ", ".join(found.basis.named(other) for other in question.others)
    return f"{text[0].upper()}{text[1:]}{f' See also: {others}.' if others else ''}"


def _wrapped(text: str, width: int, *, indent: int = 2) -> list[str]:
    """The text in lines; a command in it stays on one, to be copied."""
    blank = " " * indent
    text = _COMMAND.sub(lambda command: command[0].replace(" ", "\xa0"), said(text))
    lines = textwrap.wrap(text, width, initial_indent=blank, subsequent_indent=blank, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\xa0", " ") for line in lines]


def _width() -> int:
    return min(max(shutil.get_terminal_size().columns, NARROW), WIDE)


def _one(text: str) -> str:
    from ilc_canvas.roster.findings import visible

    return visible(text)


_LABELS = ("", "name", "login", "address", "SIS id", "last login", "courses", "remarks")


def _tables(question: "Question", found: "Review", width: int) -> Iterator[str]:
    """The person's row of the roster, and beside it the accounts, as many as there is room for; the others below."""
    room = max((width - 12) // _COLUMN - 1, 1)
    columns = [_account(number, question, found) for number in question.accounts]
    for start in range(0, len(columns), room) if columns else [0]:
        yield ""
        yield from _table([_LABELS, _roster(question, found), *columns[start : start + room]], width)
    yield ""


def _roster(question: "Question", found: "Review") -> tuple[str, ...]:
    person = found.basis.people.get(question.key)
    if person is None:
        return ("roster", *[""] * (len(_LABELS) - 1))
    return ("roster", _one(person.display_name), _one(person.email), _one(person.email), question.key.id, "", "", "")


def _account(number: int, question: "Question", found: "Review") -> tuple[str, ...]:
    """One column of a table."""
    seen, title = found.shown.get(number), f"account {number}"
    if seen is None:
        missing = "not shown here" if found.unseen else "cannot be read any more: removed, merged, or not for this token"
        return (title, *[""] * (len(_LABELS) - 2), "; ".join([missing, *_whose(number, question, found)]))
    details = details_of(seen)
    return (
        title,
        _one(seen.account.name),
        "\n".join(details["logins"]),
        "\n".join(details["addresses"]),
        "\n".join(details["sis_ids"]),
        details["last_login"],
        "\n".join(_short(course) for course in seen.courses),
        "; ".join([*_remarks(seen), *_whose(number, question, found)]),
    )


def details_of(seen: "Shown") -> dict[str, Any]:
    """Of an account: all its logins, active addresses and SIS ids, escaped, and the day of its last login."""
    account = seen.account
    logins = [f"{_one(one.unique_id)}{' (suspended)' if one.suspended else ''}" for one in account.logins or ()]
    addresses = account.addresses if account.addresses is not None else filter(None, [account.email])
    sis_ids = dict.fromkeys(filter(None, [*(one.sis_id for one in account.logins or ()), account.sis_id]))
    return {
        "logins": logins or [_one(account.login)] if account.login else logins,
        "addresses": [_one(address) for address in addresses],
        "sis_ids": [_one(sis_id) for sis_id in sis_ids],
        "last_login": _one((seen.last_login or "")[:10]),
    }


def _remarks(seen: "Shown") -> Iterator[str]:
    if seen.account.removed or seen.account.logins == ():
        yield "removed"
    if seen.administrator:
        yield "administrator"
    if seen.administrator is None:
        yield "whether an administrator's cannot be seen"


def _whose(number: int, question: "Question", found: "Review") -> Iterator[str]:
    owner = found.basis.owners.get(number)
    if owner == question.key:
        yield "the account that we have"
    elif owner:
        yield f"belongs to {_one(found.basis.named(owner))}"


def _short(course: str) -> str:
    """cop:EQ, of the one school year that is shown."""
    return ":".join(course.split(":")[2:]) or course


def _table(columns: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """The columns as lines; what is too long for its column goes on below."""
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    for _ in columns[1:]:
        table.add_column(overflow="fold", max_width=max(_COLUMN, (width - 12) // (len(columns) - 1) - 2))
    for row in zip(*columns, strict=True):
        if any(row[1:]):
            table.add_row(*(Text(plain(cell)) for cell in row))
    out = io.StringIO()
    Console(file=out, width=width - 2, color_system=None, force_terminal=False, legacy_windows=False, emoji=False).print(table)
    return [f"  {line}".rstrip() for line in out.getvalue().splitlines()]


def _matched(found: "Review", *, all_rows: bool) -> Iterator[str]:
    """Who is held by an account that others made: nobody was asked, so somebody may want to look."""
    basis, people = found.basis, found.matched
    if not people:
        return
    rows = [f"  {_one(basis.named(key))} (account {basis.number(key)})" for key in people]
    head = f"{count(len(people), 'person is', 'people are')} held by the account that they already had"
    yield from ("", f"{head}: {rows[0].strip()}") if len(people) == 1 else ("", f"{head}:", *cut(rows, all_rows=all_rows))


def _as_json(question: "Question", found: "Review", settings: "Settings") -> dict[str, Any]:
    from ilc_canvas.cli.choosing import command_of
    from ilc_canvas.program.deciding import id_of
    from ilc_canvas.views.choices import choices

    person = found.basis.people.get(question.key)
    given = choices(question, found.basis, existing_write=settings.people.existing_write) if person else ()
    return {
        "person": id_of(question.key),
        "name": person.display_name if person else None,
        "kind": question.kind,
        "text": sentence(question, found),
        "others": [id_of(other) for other in question.others],
        "accounts": [_account_json(number, found.shown.get(number)) for number in question.accounts],
        "answers": [{"answer": choice.word, "command": command_of(choice.decision), "effect": choice.effect} for choice in given],
    }


def _account_json(number: int, seen: "Shown | None") -> dict[str, Any]:
    """All of an account; of one that cannot be read its number alone."""
    names = ("name", "login", "logins", "addresses", "sis_ids", "last_login", "courses", "administrator")
    if seen is None:
        return {"number": number, **dict.fromkeys(names)}
    account = seen.account
    values = (
        account.name,
        account.login,
        [one.unique_id for one in account.logins or ()],
        list(account.addresses or ()),
        list(dict.fromkeys(filter(None, [*(one.sis_id for one in account.logins or ()), account.sis_id]))),
        seen.last_login,
        list(seen.courses),
        seen.administrator,
    )
    return {"number": number, **dict(zip(names, values, strict=True))}
