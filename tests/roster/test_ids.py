"""Ids become parts of SIS ids: what Canvas would take for the same id is not two ids here."""

import json
from collections.abc import Callable

import pytest

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.findings import Finding
from tests.roster.forms import Cells, Forms, edited, sample, taken, with_file

IDS = {"people": ("person_id", "ILC-0001"), "teams": ("team_id", "T101"), "cops": ("cop_code", "EQ")}
OUTER = [" ", "  ", "\t", "\u00a0", "\u2003", "\u2009", "\u202f", "\u3000"]
SEEN_INSIDE = [" ", "\u00a0", "\u2003", "\u3000", "\u2800", "\u3164", "\u034f", "\u200c", "\u200d", "\ufe0f"]
UNSEEN = ["\u00ad", "\u180e", "\u200b", "\u200e", "\u2060", "\ufeff"]


def _copy(kind: str, **cells: str) -> Callable[[Forms], None]:
    """A second row like the first one of this file."""

    def edit(forms: Forms) -> None:
        rows: list[Cells] = getattr(forms, kind)
        rows.append({**rows[0], **cells})

    return edit


def _errors(kind: str, written: str) -> list[Finding]:
    """Errors about the id of a second row."""
    column = IDS[kind][0]
    return [finding for finding in edited(_copy(kind, **{column: written})).errors if finding.column == column]


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("blank", OUTER, ids=ascii)
def test_blanks_around_an_id_are_cut(kind: str, blank: str) -> None:
    """An id with blanks of any kind before or after it is the id without them, and with that one it is there twice."""
    written = IDS[kind][1]
    for padded in (f"{written}{blank}", f"{blank}{written}", f"{blank}{written.lower()}{blank}"):
        (found,) = _errors(kind, padded)
        assert "is also the" in found.text


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("blank", [*SEEN_INSIDE, *UNSEEN], ids=ascii)
def test_blanks_within_an_id_are_errors(kind: str, blank: str) -> None:
    """A blank within an id, and what cannot be seen within or after it, keeps the file from being stored."""
    written = IDS[kind][1]
    assert _errors(kind, f"{written[0]}{blank}{written[1:]}")
    assert _errors(kind, f"{written}{blank}x")
    if not blank.isspace():
        assert _errors(kind, f"{written}{blank}")


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("blank", UNSEEN, ids=ascii)
def test_unseen_characters_do_not_hide_a_twin(kind: str, blank: str) -> None:
    """An id with a character that cannot be seen is named with its line, and the character shown."""
    found = _errors(kind, f"{IDS[kind][1]}{blank}")
    assert any("cannot be seen" in finding.text for finding in found)
    assert all(blank not in str(finding) for finding in found)


@pytest.mark.parametrize("kind", IDS)
def test_case_alone_makes_no_second_id(kind: str) -> None:
    """Two rows whose ids differ by letter case only are an error that names the first one's line."""
    (found,) = _errors(kind, IDS[kind][1].lower())
    assert "(line 2)" in found.text or "in line 2" in found.text


@pytest.mark.parametrize(
    ("kind", "written"), [("people", "ILC-1"), ("people", "ilc_0001"), ("teams", "T-101"), ("teams", "T0101"), ("cops", "E.Q")]
)
def test_zeros_and_dashes_are_pointed_out(kind: str, written: str) -> None:
    """Two ids that differ only by zeros or dashes may be right: a warning in the line of the second one."""
    column, first = IDS[kind]
    found = [finding for finding in edited(_copy(kind, **{column: written})).warnings if finding.column == column]
    assert [finding.text for finding in found] == [f"differs from {first} (line 2) only by zeros or dashes."]


@pytest.mark.parametrize("blank", ["\u00a0", " "], ids=ascii)
def test_blanks_around_a_reference_are_cut(blank: str) -> None:
    """A person's team and COPs are found with blanks around them too."""
    intake = edited(lambda forms: forms.people[0].update(team_id=f"T101{blank}", cop_participant=f"RURAL{blank};{blank}SEL"))
    assert (intake.roster.people[0].team_id, intake.roster.people[0].participates) == ("T101", ("RURAL", "SEL"))
    assert intake.errors == ()


@pytest.mark.parametrize("blank", ["\u200b", "\u2060", "\u00ad"], ids=ascii)
def test_unseen_character_in_header_is_refused(blank: str) -> None:
    """A column whose name has something in it that cannot be seen is unknown, and shown; blanks around a name are cut."""
    with pytest.raises(RosterError) as refused:
        taken(with_file("people", sample("people").replace(b"person_id", f"person_id{blank}".encode(), 1)))
    assert json.dumps(blank)[1:-1] in str(refused.value)
    assert taken(with_file("people", sample("people").replace(b"person_id", "\u00a0person_id ".encode(), 1))).findings == ()
