"""The sample means exactly the expected figures."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilc_canvas.program.desired import desired_state, without_roles
from ilc_canvas.program.policy import Policy, RoleRule
from ilc_canvas.program.roster import Cop, Roster
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Fields, Key, State
from tests.program.cast import POLICY, YEAR, expected, rows, state, version

FIGURES = [(3, expected("expected_final.json")), (4, expected("expected_v4.json")["after"])]
Figures = dict[str, object]
both = pytest.mark.parametrize(("number", "figures"), FIGURES, ids=["version 3", "version 4"])


@both
def test_counts_are_the_expected_ones(number: int, figures: Figures) -> None:
    """People, courses, sections and enrollments."""
    kinds = {"people": Kind.USER, "courses": Kind.COURSE, "sections": Kind.SECTION, "enrollments": Kind.ENROLLMENT}
    assert {word: len(state(number).of_kind(kind)) for word, kind in kinds.items()} == {word: figures[word] for word in kinds}


@both
def test_roles_are_the_expected_ones(number: int, figures: Figures) -> None:
    """So many teachers, leads, students and guests."""
    assert Counter(role for *_, role in rows(number)) == figures["by_kind"]


@both
def test_courses_are_the_expected_size(number: int, figures: Figures) -> None:
    """So many people in each course."""
    assert Counter(course for course, *_ in rows(number)) == figures["by_course"]


@both
def test_cop_sections_are_the_expected_ones(number: int, figures: Figures) -> None:
    """A section exists only if somebody is in it: no R3 in RURAL, no GUEST in NB."""
    found: dict[str, set[str]] = {}
    for course, section, *_ in rows(number):
        if course.startswith("COP-"):
            found.setdefault(course.removeprefix("COP-"), set()).add(section)
    assert {code: sorted(sections) for code, sections in found.items()} == figures["cop_sections"]


def test_versions_differ_as_expected() -> None:
    """From version 3 to 4 exactly these enrollments are added and removed."""
    before, after, truth = set(rows(3)), set(rows(4)), expected("expected_v4.json")
    assert sorted(after - before) == [tuple(row) for row in truth["added"]]
    assert sorted(before - after) == [tuple(row) for row in truth["removed"]]


def test_versions_differ_in_three_fields() -> None:
    """Among what is in both: one e-mail, which is login and address, one name, one section's name; one person is new, one gone."""
    old, new = state(3).records, state(4).records
    both_have = old.keys() & new.keys()
    changed = {key.id: {name for name, value in new[key].fields.items() if old[key].fields[name] != value} for key in both_have}
    assert {key: names for key, names in changed.items() if names} == {
        "ilc:p:ILC-0027": {"email", "login"},
        "ilc:p:ILC-0027|main": {"address"},
        "ilc:p:ILC-0043": {"name", "sortable_name"},
        f"{YEAR}:net:R1:T102": {"name"},
    }
    assert [key.id for key in new.keys() - old.keys() if key.kind is Kind.USER] == ["ilc:p:ILC-0325"]
    assert [key.id for key in old.keys() - new.keys() if key.kind is Kind.USER] == ["ilc:p:ILC-0012"]


def fields(kind: Kind, sis_id: str, wanted: State | None = None) -> Fields:
    """The fields of one desired record."""
    return (wanted or state(3)).records[Key(kind, sis_id)].fields


RECORDS: dict[str, tuple[Kind, str, Fields]] = {
    "account": (Kind.ACCOUNT, "ilc", {"name": "ILC", "time_zone": "America/Los_Angeles"}),
    "term": (Kind.TERM, YEAR, {"name": "ILC 2021-22", "start_at": "2021-07-01T07:00:00Z", "end_at": "2022-07-01T06:59:59Z"}),
    "lead role": (Kind.ROLE, "ILC Team Lead", {"base": "TaEnrollment"}),
    "guest role": (Kind.ROLE, "ILC Guest", {"base": "StudentEnrollment"}),
    "person": (
        Kind.USER,
        "ilc:p:ILC-0001",
        {
            "name": "María José De la Cruz",
            "sortable_name": "De la Cruz, María José",
            "email": "mariajose.delacruz@example.org",
            "login": "mariajose.delacruz@example.org",
            "sis_id": "ilc:p:ILC-0001",
        },
    ),
    "course": (
        Kind.COURSE,
        f"{YEAR}:cop:EQ",
        {
            "name": "Equity & Justice in Every Classroom (2021-22)",
            "code": "COP-EQ 2021-22",
            "term": YEAR,
            "account": "ilc",
            "time_zone": "America/Los_Angeles",
        },
    ),
    "team's section": (Kind.SECTION, f"{YEAR}:net:R1:T102", {"name": "Lakeport Unified – Math Alliance"}),
    "region's section": (Kind.SECTION, f"{YEAR}:cop:EQ:R1", {"name": "Region I"}),
    "lead": (
        Kind.ENROLLMENT,
        f"{YEAR}:net:R1:T102|ilc:p:ILC-0014|ILC Team Lead",
        {"state": "active", "limited": True, "base": "TaEnrollment"},
    ),
    "guest": (
        Kind.ENROLLMENT,
        f"{YEAR}:cop:SEL:GUEST|ilc:p:ILC-0300|ILC Guest",
        {"state": "active", "limited": False, "base": "StudentEnrollment"},
    ),
}


@pytest.mark.parametrize(("kind", "sis_id", "wanted"), RECORDS.values(), ids=RECORDS)
def test_records_have_documented_fields(kind: Kind, sis_id: str, wanted: Fields) -> None:
    """Each kind of record, field by field."""
    assert fields(kind, sis_id) == wanted


def test_parents_are_there_for_all() -> None:
    """No record hangs in the air: everything it belongs to is desired too."""
    assert all(parent in state(3).records for record in state(3) for parent in record.parents)


def test_custom_roles_are_parents() -> None:
    """Course, section and person, and the role if it has to be created first."""
    lead = state(3).records[Key(Kind.ENROLLMENT, f"{YEAR}:net:R1:T102|ilc:p:ILC-0014|ILC Team Lead")]
    assert [parent.kind for parent in lead.parents] == [Kind.COURSE, Kind.SECTION, Kind.USER, Kind.ROLE]


def test_course_dates_only_on_request() -> None:
    """With the switch a COP's own dates go with the restriction; all other courses stay with the term."""
    dated = desired_state(version(3), replace(POLICY, course_dates=True))
    eq = fields(Kind.COURSE, f"{YEAR}:cop:EQ", dated)
    assert (eq["start_at"], eq["end_at"], eq["restricted"]) == ("2021-10-05T07:00:00Z", "2022-05-01T06:59:59Z", True)
    assert "restricted" not in fields(Kind.COURSE, f"{YEAR}:hub", dated)


def cop(**other: object) -> Roster:
    """Version 3 with something else in the COP EQ."""
    cops = (replace(one, **other) if one.code == "EQ" else one for one in version(3).cops)  # type: ignore[arg-type]
    return replace(version(3), cops=tuple(cops))


@pytest.mark.parametrize("status", ["planned", "cancelled", "done"])
def test_only_active_cops_have_courses(status: str) -> None:
    """Without the course, its sections and enrollments do not exist either."""
    wanted = desired_state(cop(status=status), POLICY)
    assert len(wanted.of_kind(Kind.COURSE)) == 18
    assert not [record for record in wanted if record.course == Key(Kind.COURSE, f"{YEAR}:cop:EQ")]


def test_facilitator_beats_participant() -> None:
    """Somebody who is both is the teacher once, and no student beside that."""
    eq: Cop = next(one for one in version(3).cops if one.code == "EQ")
    participant = next(person for person in version(3).people if "EQ" in person.participates)
    wanted = desired_state(cop(facilitator_ids=(*eq.facilitator_ids, participant.person_id)), POLICY)
    user = Key(Kind.USER, f"ilc:p:{participant.person_id}")
    found = [record.key.id for record in wanted.of_kind(Kind.ENROLLMENT) if record.user == user and record.course == eq_key()]
    assert found == [f"{YEAR}:cop:EQ:FAC|{user.id}|TeacherEnrollment"]


def eq_key() -> Key:
    """The course of the COP EQ."""
    return Key(Kind.COURSE, f"{YEAR}:cop:EQ")


def test_prefix_begins_every_sis_id() -> None:
    """Another prefix is another scope: nothing of the first is left, but the roles, whose key is their label."""
    wanted = desired_state(version(3), Policy(prefix="pilot9"))
    assert {record.key.id.partition(":")[0] for record in wanted if record.key.kind is not Kind.ROLE} == {"pilot9"}


def test_long_titles_fit_canvas() -> None:
    """A title of 255 characters leaves room for the year in the course's name."""
    name = str(fields(Kind.COURSE, f"{YEAR}:cop:EQ", desired_state(cop(title="x" * 255), POLICY))["name"])
    assert len(name) == 255
    assert name.endswith("x (2021-22)")


@pytest.mark.parametrize(("label", "base", "count"), [("ILC Guest", "StudentEnrollment", 836), ("ILC Team Lead", "TaEnrollment", 77)])
def test_missing_role_gives_way_to_base(label: str, base: str, count: int) -> None:
    """If a custom role cannot be created, its people get the base type; nobody is lost, and nothing refers to the role."""
    wanted = without_roles(state(3), [label])
    enrollments = wanted.of_kind(Kind.ENROLLMENT)
    assert len(enrollments) == 972
    assert sum(record.key.id.endswith(f"|{base}") for record in enrollments) == count
    assert Key(Kind.ROLE, label) not in {key for record in wanted for key in (record.key, *record.parents)}


def test_no_missing_role_changes_nothing() -> None:
    """Without any, or with one that nobody has, the state is the same."""
    assert without_roles(state(3), []) == without_roles(state(3), ["Nobody's role"]) == state(3)


def test_built_in_roles_need_no_record() -> None:
    """A policy with only built-in roles creates none, and gives the same state as one whose roles are missing."""
    plain = {word: RoleRule(rule.base, rule.base) for word, rule in POLICY.roles.items()}
    assert desired_state(version(3), replace(POLICY, roles=plain)) == without_roles(state(3), ["ILC Guest", "ILC Team Lead"])


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_is_no_matter(random: Random) -> None:
    """The same rows in any order mean the same."""
    people, teams, cops = list(version(3).people), list(version(3).teams), list(version(3).cops)
    for shuffled in (people, teams, cops):
        random.shuffle(shuffled)
    mixed = replace(version(3), people=tuple(people), teams=tuple(teams), cops=tuple(cops))
    assert desired_state(mixed, POLICY) == state(3)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from([person.person_id for person in version(3).people]), max_size=40))
def test_leaving_touches_nobody_else(gone: set[str]) -> None:
    """Without some people exactly their records are missing, and the sections that are empty then."""
    fewer = desired_state(
        replace(version(3), people=tuple(p for p in version(3).people if p.person_id not in gone), cops=_less(gone)), POLICY
    )
    users = {Key(Kind.USER, f"ilc:p:{person_id}") for person_id in gone}
    stay = {record.key for record in state(3) if record.user is None or record.user not in users}
    lost = stay - fewer.records.keys()
    assert {key.kind for key in lost} <= {Kind.SECTION}
    assert all(record == state(3).records[record.key] for record in fewer)


def _less(gone: set[str]) -> tuple[Cop, ...]:
    cops = version(3).cops
    return tuple(replace(one, facilitator_ids=tuple(i for i in one.facilitator_ids if i not in gone)) for one in cops)
