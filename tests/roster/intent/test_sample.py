"""Every answer of the sample has the outcome that its makers wrote down, and so has every member."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.rules import STANDARD
from ilc_canvas.roster.intent.form import read_export
from ilc_canvas.roster.intent.judging import Judged, counted, judge
from ilc_canvas.roster.intent.resolution import resolve
from ilc_canvas.roster.reading import File, read_file
from tests.roster.files.books import as_text, book, rows_of
from tests.roster.intent.cast import FORMS, HERE, SHEETS, ZONE, export, judged, rules, sample, table

WORDS = {"guest": "guest_request", "duplicate": "exact_duplicate", "blank": "ignore_blank", "test": "ignore_test"}
EXPECTED = {(row["file"], int(row["record"])): row for row in table("intent_expected.csv")}
LETTERS = {FORMS: "A", SHEETS: "B"}


@pytest.mark.parametrize("each", sample(), ids=lambda each: f"{LETTERS[each.answer.file]}{each.answer.row}")
def test_answer_has_its_outcome(each: Judged) -> None:
    """The outcome, the person, and, of those who continue, region, district and COPs."""
    right = EXPECTED[each.answer.file, each.answer.row]
    assert WORDS.get(each.outcome, each.outcome) == right["outcome"]
    if each.outcome not in ("blank", "test"):
        assert (each.member.person_id if each.member else "") == right["person_id"]
    if each.outcome == "accept":
        assert (each.region, each.district_cds, ";".join(each.cops)) == (right["region"], right["district_cds"], right["cops"])


def test_every_answer_is_judged_once() -> None:
    """No row is lost, and each doubtful one has a reason."""
    assert {(each.answer.file, each.answer.row) for each in sample()} == set(EXPECTED)
    assert all(each.reasons for each in sample() if each.outcome == "review")


def test_member_has_the_right_result() -> None:
    """Each member of last year, with the answer that counts, or those that are doubtful."""
    found = {
        each.member.person_id: (
            each.member.name,
            each.result.replace(" ", "_"),
            ";".join(f"{LETTERS[one.answer.file]}{one.answer.row}" for one in each.decided_by),
            ";".join(each.decided_by[0].cops) if each.decided_by else "",
        )
        for each in resolve(sample(), rules().prior)
    }
    assert found == {row["person_id"]: (row["name"], row["result"], row["decided_by"], row["cops"]) for row in table("intent_resolved.csv")}


def test_order_and_repetition_change_nothing() -> None:
    """The exports in the other order, or one of them twice, are judged alike."""
    forms, sheets = export(FORMS), export(SHEETS)
    usual = {(each.answer.file, each.answer.row): each.outcome for each in sample()}
    for given in ([sheets, forms], [forms, sheets, forms]):
        assert {(each.answer.file, each.answer.row): each.outcome for each in judge(given, rules())} == usual


def test_exports_in_any_form_are_judged_alike() -> None:
    """As a workbook, or with semicolons in UTF-16."""
    forms, sheets = (read_file(HERE / name) for name in (FORMS, SHEETS))
    other = [File(forms.name, book(rows_of(forms))), replace(sheets, data=as_text(sheets, encoding="utf-16", separator=";").data)]
    found = judge([read_export(file, ZONE, STANDARD) for file in other], rules())
    assert counted(found) == counted(sample()) - counted(each for each in sample() if each.outcome == "blank" and each.answer.row > 211)


def test_cut_export_is_refused() -> None:
    """A file that ends within an answer never means that the others did not answer."""
    forms = read_file(HERE / FORMS)
    with pytest.raises(RosterError, match="cut off"):
        read_export(replace(forms, data=forms.data[: len(forms.data) * 2 // 3]), ZONE, STANDARD)


DOUBTS = {
    "no time": ("soon,david.zhao@example.org,David Zhao,Yes,1,,,,", "has no time that can be read"),
    "after the deadline": ("5/29/2021 0:00:01,david.zhao@example.org,David Zhao,Yes,1,,,,", "came after the deadline"),
    "yes with a condition": ('5/1/2021 9:00:00,david.zhao@example.org,David Zhao,"Yes, perhaps",1,,,,', 'says "Yes, perhaps"'),
    "another's address": ("5/1/2021 9:00:00,david.zhao@example.org,Thomas Lindqvist,Yes,1,,,,", "the address is another member's"),
    "a stranger": ("5/1/2021 9:00:00,nobody@example.org,No Body,Yes,1,,,,", "was not a member last year"),
    "a district that is not there": (
        "5/1/2021 9:00:00,david.zhao@example.org,David Zhao,Yes,1,,Nowhere,,",
        "the district is not in the directory",
    ),
    "a formula as a title": ("5/1/2021 9:00:00,david.zhao@example.org,David Zhao,Yes,1,,,,=1+1", "names a COP that is not in the catalog"),
}


@pytest.mark.parametrize(("answer", "reason"), DOUBTS.values(), ids=DOUBTS)
def test_doubt_waits_for_a_person(answer: str, reason: str) -> None:
    """What is not clear is not guessed, and the reason is said."""
    (found,) = judged(answer)
    assert found.outcome == "review"
    assert any(reason in each for each in found.reasons)


def test_late_answer_replaces_nothing() -> None:
    """An answer after the deadline waits, and the earlier one counts until somebody has decided."""
    early, late = "5/1/2021 9:00:00", "6/1/2021 9:00:00"
    found = judged(f"{early},david.zhao@example.org,David Zhao,Yes,1,,,,", f"{late},david.zhao@example.org,David Zhao,No,1,,,,")
    assert [each.outcome for each in found] == ["accept", "review"]
