"""Whatever stands in a file: it is read or refused, never half of it, and the order of rows means nothing."""

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS
from ilc_canvas.roster.files.manifest import read_manifest
from ilc_canvas.roster.intake import Intake, take
from ilc_canvas.roster.reading import File
from tests.program.sample import counties
from tests.roster.forms import KINDS, Forms, name, sample, taken, with_file, written

LAYOUTS = {"people": ROSTER, "teams": TEAMS, "cops": COPS}
LINES = r"(?:line \d+|lines \d+[-, \d]*\d(?: and [\d,]+ more)?)"
WHERE = re.compile(rf"(?P<file>\S+\.csv)(, {LINES}(, column [a-z_]+)?: \S|(, column [a-z_]+)?: and [\d,]+ more ).*\n  \S.*")
kinds = st.sampled_from(KINDS)
cells = st.text(max_size=20) | st.sampled_from(
    ["", "ILC-0001", "T101", "EQ;EQ", "2021-22", "0000-00-00", "9999-00", "9999-12-31", "٣", "²", "1e9", "I", "yes", "9" * 9]
)


@settings(max_examples=60, deadline=None)
@given(kinds, st.binary(max_size=400))
def test_any_bytes_are_refused(kind: str, data: bytes) -> None:
    """Bytes that are no roster raise RosterError with the file's name, and nothing else."""
    assert name(kind) in refusal(kind, data)


@settings(max_examples=40, deadline=None)
@given(kinds, st.binary(min_size=1, max_size=8), st.integers(0, 3_000))
def test_bytes_put_in_do_no_harm(kind: str, more: bytes, at: int) -> None:
    """Bytes put into a good file anywhere give findings or a refusal, and every finding says its place."""
    refusal(kind, sample(kind)[:at] + more + sample(kind)[at:])


@settings(max_examples=50, deadline=None)
@given(st.data(), kinds)
def test_any_table_is_read_or_refused(data: st.DataObject, kind: str) -> None:
    """A table with the right columns and any text in it gives findings or a refusal, and every finding says its place."""
    columns = sorted(LAYOUTS[kind].known)
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, cells)), min_size=1, max_size=3))
    refusal(kind, written(rows))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_manifest_is_read_or_refused(data: bytes) -> None:
    """Bytes that are no manifest raise RosterError with the file's name, and nothing else."""
    try:
        read_manifest(File("m.json", data))
    except RosterError as error:
        refused = str(error)
    assert "m.json" in refused


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=12))
def test_any_school_year_is_read_or_refused(year: str) -> None:
    """Text that is not a school year is refused as such."""
    try:
        take(Forms().files(), manifest=None, school_year=year, counties=counties())
    except RosterError as error:
        refused = str(error)
    assert "is not a school year" in refused


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_means_nothing(random: Random) -> None:
    """The rows of all three files in any order mean the same state, without any finding."""
    forms = Forms()
    for rows in (forms.people, forms.teams, forms.cops):
        random.shuffle(rows)
    intake = forms.read()
    assert intake.findings == ()
    assert desired_state(intake.roster, Policy()) == desired_state(Forms().read().roster, Policy())


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_finding_stands_where_the_fault_is(data: st.DataObject) -> None:
    """A wrong address in any row is found in the line and column where it stands, and read there in words."""
    forms = Forms()
    at = data.draw(st.integers(0, len(forms.people) - 1))
    forms.people[at]["email"] = "nobody"
    (finding,) = forms.read().findings
    assert str(finding).startswith(f'{name("people")}, line {at + 2}, column email: "nobody" is not an e-mail address.\n')


@settings(max_examples=60, deadline=None)
@given(st.data(), kinds)
def test_roster_without_errors_can_be_built(data: st.DataObject, kind: str) -> None:
    """Cells exchanged between rows are an error, or the roster still means a state in which every parent is there."""
    forms = Forms()
    rows: list[dict[str, str]] = getattr(forms, kind)
    for _ in range(data.draw(st.integers(1, 3))):
        column = data.draw(st.sampled_from(sorted(LAYOUTS[kind].known)))
        data.draw(st.sampled_from(rows))[column] = data.draw(st.sampled_from(rows))[column]
    intake = forms.read()
    if not intake.errors:
        state = desired_state(intake.roster, Policy())
        assert {parent for record in state for parent in record.parents} <= set(state.records)


def refusal(kind: str, data: bytes) -> str:
    """What is said where a file with these bytes is refused, or "" where it is read; findings must read as they should."""
    try:
        intake: Intake = taken(with_file(kind, data))
    except RosterError as error:
        return str(error)
    assert all(WHERE.fullmatch(str(finding)) for finding in intake.findings), [str(finding) for finding in intake.findings]
    return ""
