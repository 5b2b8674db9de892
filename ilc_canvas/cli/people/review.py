"""people review: each identity question with its accounts side by side, and the effect of each answer"""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import cut, say, say_json
from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.reconcile.people.accounts import AccountDetails
    from ilc_canvas.reconcile.people.identity import Question
    from ilc_canvas.settings import Settings
    from ilc_canvas.views.people.review import Review

NARROW, WIDE = 80, 120
_COMMAND = re.compile(r"ilc-canvas [^;]*$")
_COLUMN = 22  # characters that a readable column needs
File = Annotated[Path | None, typer.Option("--csv", help="Write the questions to this new file, as a table to fill in.")]


def review(csv: File = None, all_rows: All = False, as_json: Json = False) -> None:
    """List identity questions with the Canvas accounts in question, and people matched to accounts that others made."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.people.canvas_accounts import accounts
    from ilc_canvas.cli.people.review_table import write
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.people import review as view

    settings = begin()
    with bootstrap.open_store(settings) as store:
        result = view.review(settings, store, accounts(settings), at=process.now())
        if csv and result.questions:
            write(csv, result, store, existing_write=settings.people.existing_write)
    if result.canvas_error:
        sys.stderr.write(plain(f"{with_commands(result.canvas_error)} So this shows only what the store knows.") + "\n")
    if as_json:
        say_json([_as_json(question, result, settings) for question in result.questions])
    elif csv:
        say(*_written(csv, len(result.questions)))
    else:
        say(*_lines(result, settings, all_rows=all_rows))


def _written(file: Path, number: int) -> Iterator[str]:
    if not number:
        yield f"There are no questions about people, so {file} was not written."
        return
    yield f"{file} has {count(number, 'question')}, with names and addresses. Share it with few people, and delete it afterward."
    yield f'Fill in the column "answer", then: ilc-canvas people decide {file} --reason "..."'


def _lines(result: "Review", settings: "Settings", *, all_rows: bool) -> Iterator[str]:
    number = len(result.questions)
    if number:
        yield f"Somebody must decide about {count(number, 'person', 'people')}. Until then nothing is done about them."
    else:
        yield "There are no questions about people."
    for question in result.questions:
        yield from _question(question, result, settings)
    if number > 1:
        yield from ("", "To answer many at once, in a spreadsheet: ilc-canvas people review --csv FILE")
    yield from _matched(result, all_rows=all_rows)


def _question(question: "Question", result: "Review", settings: "Settings") -> Iterator[str]:
    """The person, what is unclear, the accounts, and the possible answers."""
    from ilc_canvas.cli.people.decision_commands import command_of
    from ilc_canvas.program.people.decisions import id_of
    from ilc_canvas.views.people.decision_options import choices, refused

    width = _width()
    person = result.context.people.get(question.key)
    yield from ("", f"{id_of(question.key)}  {_visible(person.display_name)} <{_visible(person.email)}>" if person else id_of(question.key))
    yield from _wrapped(sentence(question, result), width)
    yield from _tables(question, result, width)
    for text in refused(question, result.context) if person else ["No longer in the roster: the next plan will not ask about this id."]:
        yield from _wrapped(text, width)
    for choice in choices(question, result.context, existing_write=settings.people.existing_write) if person else ():
        yield f"  {command_of(choice.decision)}"
        yield from _wrapped(choice.effect, width, indent=6)


def sentence(question: "Question", result: "Review") -> str:
    """What is unclear, and who else is concerned."""
    from ilc_canvas.reconcile.run.messages import QUESTIONS

    text = QUESTIONS[question.kind]
    others = ", ".join(result.context.named(other) for other in question.others)
    return f"{text[0].upper()}{text[1:]}{f' See also: {others}.' if others else ''}"


def _wrapped(text: str, width: int, *, indent: int = 2) -> list[str]:
    """The text wrapped into lines; a command in it stays on one line, to be copied."""
    blank = " " * indent
    text = _COMMAND.sub(lambda command: command[0].replace(" ", "\xa0"), with_commands(text))
    lines = textwrap.wrap(text, width, initial_indent=blank, subsequent_indent=blank, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\xa0", " ") for line in lines]


def _width() -> int:
    return min(max(shutil.get_terminal_size().columns, NARROW), WIDE)


def _visible(text: str) -> str:
    from ilc_canvas.roster.findings import visible

    return visible(text)


_LABELS = ("", "name", "login", "address", "SIS id", "last login", "courses", "remarks")


def _tables(question: "Question", result: "Review", width: int) -> Iterator[str]:
    """The person's row in the roster beside the accounts, as many as there is room for; the others below."""
    room = max((width - 12) // _COLUMN - 1, 1)
    columns = [_account(number, question, result) for number in question.accounts]
    for start in range(0, len(columns), room) if columns else [0]:
        yield ""
        yield from _table([_LABELS, _roster(question, result), *columns[start : start + room]], width)
    yield ""


def _roster(question: "Question", result: "Review") -> tuple[str, ...]:
    person = result.context.people.get(question.key)
    if person is None:
        return ("roster", *[""] * (len(_LABELS) - 1))
    return ("roster", _visible(person.display_name), _visible(person.email), _visible(person.email), question.key.id, "", "", "")


def _account(number: int, question: "Question", result: "Review") -> tuple[str, ...]:
    """The column of one account."""
    from ilc_canvas.views.people.open_questions import account_remarks

    account_details, title = result.accounts.get(number), f"account {number}"
    if account_details is None:
        reason = "not shown here" if result.canvas_error else "can no longer be read: removed, merged, or hidden from this token"
        return (title, *[""] * (len(_LABELS) - 2), "; ".join([reason, *_whose(number, question, result)]))
    details = details_of(account_details)
    return (
        title,
        _visible(account_details.account.name),
        "\n".join(details["logins"]),
        "\n".join(details["addresses"]),
        "\n".join(details["sis_ids"]),
        details["last_login"],
        "\n".join(_short(course) for course in account_details.courses),
        "; ".join([*account_remarks(account_details), *_whose(number, question, result)]),
    )


def details_of(account_details: "AccountDetails") -> dict[str, Any]:
    """All logins, active addresses and SIS ids of an account, escaped, and the day of its last login."""
    account = account_details.account
    logins = [f"{_visible(one.unique_id)}{' (suspended)' if one.suspended else ''}" for one in account.logins or ()]
    addresses = account.addresses if account.addresses is not None else filter(None, [account.email])
    sis_ids = dict.fromkeys(filter(None, [*(one.sis_id for one in account.logins or ()), account.sis_id]))
    return {
        "logins": logins or [_visible(account.login)] if account.login else logins,
        "addresses": [_visible(address) for address in addresses],
        "sis_ids": [_visible(sis_id) for sis_id in sis_ids],
        "last_login": _visible((account_details.account.last_login or "")[:10]),
    }


def _whose(number: int, question: "Question", result: "Review") -> Iterator[str]:
    owner = result.context.owners.get(number)
    if owner == question.key:
        yield "the present account"
    elif owner:
        yield f"belongs to {_visible(result.context.named(owner))}"


def _short(course: str) -> str:
    """The course without its school year, such as cop:EQ."""
    return ":".join(course.split(":")[2:]) or course


def _table(columns: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """The columns as lines; text that is too long for its column is wrapped."""
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
            table.add_row(*(Text(plain(cell, keep="\n")) for cell in row))
    out = io.StringIO()
    Console(file=out, width=width - 2, color_system=None, force_terminal=False, legacy_windows=False, emoji=False).print(table)
    return [f"  {line}".rstrip() for line in out.getvalue().splitlines()]


def _matched(result: "Review", *, all_rows: bool) -> Iterator[str]:
    """People matched to an account that others made. Nobody was asked about them, so somebody may want to look."""
    context, people = result.context, result.matched
    if not people:
        return
    rows = [f"  {_visible(context.named(key))} (account {context.number(key)})" for key in people]
    head = f"{count(len(people), 'person is', 'people are')} matched to an account that already existed"
    yield from ("", f"{head}: {rows[0].strip()}") if len(people) == 1 else ("", f"{head}:", *cut(rows, all_rows=all_rows))


def _as_json(question: "Question", result: "Review", settings: "Settings") -> dict[str, Any]:
    from ilc_canvas.cli.people.decision_commands import command_of
    from ilc_canvas.program.people.decisions import id_of
    from ilc_canvas.views.people.decision_options import choices

    person = result.context.people.get(question.key)
    answers = choices(question, result.context, existing_write=settings.people.existing_write) if person else ()
    return {
        "person": id_of(question.key),
        "name": person.display_name if person else None,
        "kind": question.kind,
        "text": sentence(question, result),
        "others": [id_of(other) for other in question.others],
        "accounts": [_account_json(number, result.accounts.get(number)) for number in question.accounts],
        "answers": [{"answer": choice.word, "command": command_of(choice.decision), "effect": choice.effect} for choice in answers],
    }


def _account_json(number: int, account_details: "AccountDetails | None") -> dict[str, Any]:
    """An account for programs; only its number if it cannot be read."""
    names = ("name", "login", "logins", "addresses", "sis_ids", "last_login", "courses", "administrator")
    if account_details is None:
        return {"number": number, **dict.fromkeys(names)}
    account = account_details.account
    values = (
        account.name,
        account.login,
        [one.unique_id for one in account.logins or ()],
        list(account.addresses or ()),
        list(dict.fromkeys(filter(None, [*(one.sis_id for one in account.logins or ()), account.sis_id]))),
        account_details.account.last_login,
        list(account_details.courses),
        account_details.administrator,
    )
    return {"number": number, **dict(zip(names, values, strict=True))}
