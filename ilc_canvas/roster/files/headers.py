"""Which row is the header, and which of our columns each of its cells names; what only looks alike is proposed, never taken."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.roster.files.columns import Layout
from ilc_canvas.roster.files.grid import Record
from ilc_canvas.roster.files.rules import MOST_COLUMNS, ReadingRules, folded
from ilc_canvas.roster.files.separated import ENOUGH, HEADER_WITHIN, Score
from ilc_canvas.roster.findings import visible

ALIKE = 0.72
"""How alike two names are, at least, to be proposed as one."""
LEFT_OUT = ""
_LONGEST = 100  # characters of a name that is compared
_SYNONYMS = {
    "address": "email", "cds": "cds_code district_cds", "chapter": "local_association", "co facilitators": "facilitator_ids",
    "code": "cop_code", "contact": "primary_contact_staff_id", "cops": "cop_participant", "county district code": "district_cds",
    "e mail": "email", "e mail address": "email", "email address": "email", "end": "end_time end_date", "ends": "end_time end_date",
    "facilitates": "cop_facilitator", "facilitators": "facilitator_ids", "first name": "given_name", "from": "start_time start_date",
    "full name": "display_name", "guest of": "cop_guest", "guests": "open_to_guests", "home district": "district",
    "id": "person_id team_id meeting_id", "kind": "affiliation", "last name": "family_name", "lead": "lead_ids lead_facilitator_id",
    "lead facilitator": "lead_facilitator_id", "leads": "lead_ids", "link": "join_url", "mail": "email", "member id": "person_id",
    "members": "member_count", "name": "display_name team_name title", "participant in": "cop_participant",
    "partner": "partner_institution", "pcs": "primary_contact_staff_id", "place": "location",
    "primary contact": "primary_contact_staff_id", "profession": "role_type", "role": "team_role role_type", "sort name": "sortable_name",
    "start": "start_time start_date", "starts": "start_time start_date", "surname": "family_name", "team": "team_name team_id",
    "team number": "team_id", "union": "local_association", "until": "end_time end_date", "whom": "audience", "year": "school_year",
    "zone": "timezone", "zoom link": "join_url",
}  # fmt: skip
"""What offices call columns whose names here are spelled quite differently."""


class ColumnsError(RosterError):
    """A file without the columns of its kind; `names` are those that were recognized."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        super().__init__(text)
        self.names = names


def column_of(written: str, layout: Layout, rules: ReadingRules) -> str | None:
    """Our column that a header names: by its own name, or as the settings say. None: not known; "": left out on purpose."""
    name = " ".join(written.split())
    if name in layout.known:
        return name
    theirs = rules.columns.get(folded(written))
    return theirs if theirs is not None and (theirs == LEFT_OUT or theirs in layout.known) else None


def scores(layout: Layout, rules: ReadingRules) -> tuple[Score, Score]:
    """How much a row looks like the header: by the columns that it names; and, if none does, by names that only look alike."""

    def named(cells: Sequence[str]) -> int:
        return sum(column_of(cell, layout, rules) is not None for cell in cells[:MOST_COLUMNS] if cell.strip())

    def alike(cells: Sequence[str]) -> int:
        return len(proposals([cell for cell in cells[:MOST_COLUMNS] if len(cell) <= _LONGEST], layout, rules))

    return named, alike


def header_at(records: Sequence[Record], layout: Layout, rules: ReadingRules) -> int:
    """The position of the row that looks most like the header; the first one that holds anything if none does."""
    first = [at for at, record in enumerate(records[:HEADER_WITHIN]) if record.filled]
    for score in scores(layout, rules):
        best = max(first, key=lambda at: (score(records[at].cells), -at), default=0)
        if first and score(records[best].cells) >= ENOUGH:
            return best
    return first[0] if first else 0


def proposals(written: Sequence[str], layout: Layout, rules: ReadingRules) -> dict[str, str]:
    """For headers that are not known here: the missing column that each looks like, one for one."""
    named = {written_name: column_of(written_name, layout, rules) for written_name in written if written_name.strip()}
    missing = [name for name in layout.names if name not in named.values()]
    pairs = sorted(
        ((_alike(theirs, ours), theirs, ours) for theirs, ours_named in named.items() if ours_named is None for ours in missing),
        key=lambda pair: -pair[0],
    )
    taken: dict[str, str] = {}
    for alike, theirs, ours in pairs:
        if alike >= ALIKE and theirs not in taken and ours not in taken.values():
            taken[theirs] = ours
    return {theirs: taken[theirs] for theirs in named if theirs in taken}


@lru_cache(maxsize=8192)
def _alike(theirs: str, ours: str) -> float:
    plain = " ".join("".join(char if char.isalnum() else " " for char in folded(theirs)).split())
    if ours in _SYNONYMS.get(plain, "").split():
        return 0.99
    if _sorted_words(plain) == _sorted_words(ours.replace("_", " ")):
        return 0.98
    matcher = SequenceMatcher(None, plain, ours.replace("_", " "))
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0


def _sorted_words(text: str) -> list[str]:
    """Role in team is team role."""
    return sorted(word for word in text.split() if word not in ("a", "for", "in", "of", "the"))


def column_errors(header: Sequence[str], layout: Layout, rules: ReadingRules) -> Iterator[str]:
    """A sentence for each column that is missing, unknown or there twice."""
    near = proposals(header, layout, rules)
    columns = [column_of(written, layout, rules) for written in header]
    for name, number in Counter(written if name is None else name for written, name in zip(header, columns, strict=True)).items():
        if number > 1 and name != LEFT_OUT:
            yield f'The column "{visible(name)}" is there {count(number, "time")}.'
    for written in dict.fromkeys(written for written, name in zip(header, columns, strict=True) if name is None):
        is_it = f' Is it "{near[written]}"?' if written in near else ""
        yield f'The column "{visible(written)}" is not known here.{is_it}'
    for name in layout.required:
        if name not in columns and name not in near.values():
            yield f'The column "{name}" is missing.'


def to_paste(table: str, words: Mapping[str, str]) -> str:
    """Lines for the settings: a table of TOML with what an office writes and what it is here."""
    lines = (f"  {json.dumps(theirs, ensure_ascii=False)} = {json.dumps(ours)}" for theirs, ours in words.items())
    return "\n".join([f"  [{table}]", *lines])


def refusal(name: str, header: Sequence[str], layout: Layout, *, rules: ReadingRules) -> ColumnsError | None:
    """Why these are not the columns of such a file; None if they are."""
    wrong = list(column_errors(header, layout, rules))
    if not wrong:
        return None
    near = proposals(header, layout, rules)
    paste = ""
    if near:
        lines = to_paste("roster.columns", near)
        paste = f"\nIf your office names its columns so, put this into the settings, and look at each line first:\n{lines}"
    named = [column for written in header if (column := _named_anywhere(written, layout, rules))]
    return ColumnsError(f"{name} does not have the columns of a {layout.what}. {' '.join(wrong)}{paste}", named)


def _named_anywhere(written: str, layout: Layout, rules: ReadingRules) -> str:
    """Our column of this header, perhaps of another kind of file."""
    return column_of(written, layout, rules) or rules.columns.get(folded(written), " ".join(written.split()))
