"""What each column of a file holds, and what it is taken for: to see how a file will be read before anything is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.body import body
from ilc_canvas.roster.files.columns import OFFICE_FILES, Layout, known_columns
from ilc_canvas.roster.files.grid import Grid, Record, letters
from ilc_canvas.roster.files.headers import column_of, header_at, proposals, to_paste
from ilc_canvas.roster.files.rules import MOST_COLUMNS, ReadingRules, too_wide
from ilc_canvas.roster.reading import File, read_grid

_ANY = Layout("file", tuple(sorted(known_columns())))
_EXAMPLES = 3
_ENOUGH = 0.4  # of the columns of a kind of file; one that only looks alike counts half
_UNSHOWN = frozenset({"email", "join_url", "location", "description", "notes"})


@dataclass(frozen=True, slots=True)
class ColumnOverview:
    """One column."""

    letters: str  # C
    header: str  # as written
    column: str | None  # what it is here; "": left out by the settings; None: not known
    proposal: str  # what it may be
    filled: int
    examples: tuple[str, ...]  # neither addresses nor links


@dataclass(frozen=True, slots=True)
class Overview:
    """A file as its columns."""

    form: str
    what: str  # roster
    header_line: int
    rows: int
    columns: tuple[ColumnOverview, ...]
    missing: tuple[str, ...]

    @property
    def to_paste(self) -> str:
        """Lines for the settings, "" if nothing is proposed."""
        near = {each.header: each.proposal for each in self.columns if each.proposal}
        return to_paste("roster.columns", near) if near else ""


def overview(file: File, rules: ReadingRules) -> Overview:
    """The columns of a file. RosterError if it cannot be read, or is empty."""
    grid, start, names = _headed(file, rules)
    layout = max(OFFICE_FILES, key=lambda each: _fitness(names, each, rules))
    return _of(file, grid, names, start=start, layout=layout, rules=rules)


def layout_of(file: File, rules: ReadingRules) -> Layout | None:
    """What a file is by its columns; None if they are those of no file of an office. RosterError if it cannot be read, or is empty."""
    _, _, names = _headed(file, rules)
    layout = max(OFFICE_FILES, key=lambda each: _fitness(names, each, rules))
    return layout if _fitness(names, layout, rules) >= _ENOUGH else None


def _headed(file: File, rules: ReadingRules) -> tuple[Grid, int, list[str]]:
    """The file, where its header is, and the names in it."""
    grid = read_grid(file, _ANY, rules)
    if not any(record.filled for record in grid.records):
        raise RosterError(f"{file.name} is empty.")
    start = header_at(grid.records, _ANY, rules)
    names = [" ".join(name.split()) for name in grid.records[start].cells]
    if len(names) > MOST_COLUMNS:
        raise too_wide(file.name, len(names))
    return grid, start, names


def _fitness(names: Sequence[str], layout: Layout, rules: ReadingRules) -> float:
    known = sum(column_of(name, layout, rules) is not None for name in names if name)
    return (known + len(proposals(names, layout, rules)) / 2) / len(layout.required)


def _of(file: File, grid: Grid, names: Sequence[str], *, start: int, layout: Layout, rules: ReadingRules) -> Overview:
    entries = body(file.name, grid.records[start + 1 :], names).entries
    near = proposals(names, layout, rules)
    columns = [
        ColumnOverview(
            letters=letters(place),
            header=name,
            column=(column := column_of(name, layout, rules)),
            proposal=near.get(name, ""),
            filled=sum(1 for record in entries if _cell(record, place)),
            examples=() if column in _UNSHOWN or near.get(name) in _UNSHOWN else _examples(entries, place),
        )
        for place, name in enumerate(names)
        if name
    ]
    found = {each.column for each in columns} | set(near.values())
    missing = tuple(name for name in layout.required if name not in found)
    form = f"{file.name} is read as {grid.form}."
    return Overview(form, layout.what, grid.records[start].line, len(entries), tuple(columns), missing)


def _cell(record: Record, place: int) -> str:
    return record.cells[place].strip() if place < len(record.cells) else ""


def _examples(entries: Sequence[Record], place: int) -> tuple[str, ...]:
    """The first values that differ."""
    texts = (_cell(record, place) for record in entries)
    shown = dict.fromkeys(text for text in islice(filter(None, texts), 50) if "@" not in text and "://" not in text)
    return tuple(islice(shown, _EXAMPLES))
