"""What a plan is made from, compared as a whole."""

from dataclasses import replace

from ilc_canvas.program.basis import as_json, of_roster
from ilc_canvas.reconcile.basis import Basis, differences
from ilc_canvas.reconcile.change import Plan

BOTH = Basis.of({"roster": 7, "calendar": 2})
TEMPLATES = Basis.of({"roster": 7, "templates": "7f3c"})


def test_order_of_names_plays_no_part() -> None:
    """Two bases with the same versions are equal, however they were put together, and read the same."""
    assert Basis.of({"calendar": 2, "roster": 7}) == BOTH
    assert (str(BOTH), str(of_roster(7)), str(Basis())) == ("calendar version 2 and roster version 7", "roster version 7", "")
    assert str(Basis.of({**BOTH.as_json(), **TEMPLATES.as_json()})) == "calendar version 2, roster version 7 and templates version 7f3c"


def test_differences_are_said_by_name() -> None:
    """Each input that has another version now, is new or is gone is named, with the version that the plan was made from."""
    assert differences(BOTH, BOTH) == ""
    assert differences(of_roster(7), of_roster(8)) == "the roster is version 8 now, the plan was made from version 7"
    assert differences(of_roster(7), BOTH) == "the calendar is new, version 2"
    assert differences(BOTH, of_roster(7)) == "the calendar is gone, the plan was made from version 2"
    moved = Basis.of({"roster": 8, "templates": "91ad"})
    assert differences(TEMPLATES, moved, made="run 5 went by") == (
        "the roster is version 8 now, run 5 went by version 7; the templates are version 91ad now, run 5 went by version 7f3c"
    )


def test_digest_names_the_whole_basis() -> None:
    """Plans with the same changes have another digest wherever any version differs."""
    plan = Plan((), of_roster(7), "ilc:2021-22", "http://canvas")
    bases = (of_roster(8), BOTH, TEMPLATES, Basis.of({"roster": 7, "calendar": 3}))
    assert len({plan.digest, *(replace(plan, basis=basis).digest for basis in bases)}) == 5


def test_programs_read_the_roster_apart() -> None:
    """In JSON the roster's version keeps its own key, with all versions beside it."""
    assert as_json(BOTH) == {"roster_version": 7, "basis": {"calendar": 2, "roster": 7}}
    assert as_json(Basis()) == {"roster_version": None, "basis": {}}
