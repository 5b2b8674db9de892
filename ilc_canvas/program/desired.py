"""Desired state: what one finalized roster means in Canvas."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ilc_canvas.program.names import cop_name, course_key, hub_name, network_name, pilot_name, region_code, scope, section_key, user_key
from ilc_canvas.program.placement import SECTION_NAMES, Placement, active_cops, networks, pilots, placements
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Cop, Roster
from ilc_canvas.reconcile.kinds import MAIN, Kind, Value
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record, State, channel_key, enrollment_key


def desired_state(roster: Roster, policy: Policy) -> State:
    """Everything that should be in Canvas: account, term, custom roles, people, courses, sections, enrollments.

    `reconcile.state.Record` lists the fields; a section exists only if somebody is placed in it.
    """
    return State.of(
        [
            _account(policy),
            term_of(roster.school_year, policy),
            *_roles(policy),
            *_people(roster, policy),
            *_courses(roster, policy),
            *_places(roster, policy),
        ]
    )


def named_state(roster: Roster, policy: Policy) -> State:
    """All of it but the enrollments, which have no names and are the most."""
    sections = dict.fromkeys((place.course, place.section) for place in placements(roster))
    courses = {parts: course_key(scope(policy.prefix, roster.school_year), *parts) for parts, _ in sections}
    named = (_section(courses[parts], code, roster) for parts, code in sections)
    return State.of(
        [
            _account(policy),
            term_of(roster.school_year, policy),
            *_roles(policy),
            *_people(roster, policy),
            *_courses(roster, policy),
            *named,
        ]
    )


def without_roles(desired: State, labels: Collection[str]) -> State:
    """The same state, with the custom roles of these labels replaced by their base types."""
    unavailable = {Key(Kind.ROLE, label) for label in labels}
    return State.of(_plain(record, unavailable) for record in desired if record.key not in unavailable)


def _plain(record: Record, unavailable: Collection[Key]) -> Record:
    if not record.rule.is_placement or not any(parent in unavailable for parent in record.parents):
        return record
    key = EnrollmentKey.of(record.key)._replace(role=str(record.fields["base"])).key
    return replace(record, key=key, parents=record.parents[:3])


def _account_key(policy: Policy) -> Key:
    return Key(Kind.ACCOUNT, policy.prefix)


def _account(policy: Policy) -> Record:
    return Record(_account_key(policy), {"name": policy.account_name, "time_zone": policy.time_zone})


def term_of(school_year: str, policy: Policy) -> Record:
    """The term of a school year."""
    first = int(school_year[:4])
    starts, ends = date(first, *policy.term_starts), date(first + 1, *policy.term_ends)
    fields: dict[str, Value] = {
        "name": f"{policy.account_name} {school_year}",
        "start_at": _instant(starts, time(), policy),
        "end_at": _instant(ends, time(23, 59, 59), policy),
    }
    return Record(Key(Kind.TERM, scope(policy.prefix, school_year)), fields)


def _instant(day: date, at: time, policy: Policy) -> str:
    """A local day and time as ISO 8601 in UTC."""
    local = datetime.combine(day, at, ZoneInfo(policy.time_zone))
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _roles(policy: Policy) -> Iterator[Record]:
    for rule in policy.roles.values():
        if rule.custom:
            yield Record(Key(Kind.ROLE, rule.label), {"base": rule.base}, (_account_key(policy),))


def _people(roster: Roster, policy: Policy) -> Iterator[Record]:
    """Each person's account and its first address: a new account is created with it; an existing one may get a new one."""
    for person in roster.people:
        key = user_key(policy.prefix, person.person_id)
        fields: dict[str, Value] = {
            "name": person.display_name,
            "sortable_name": person.sortable_name,
            "email": person.email,
            "login": person.email,
            "sis_id": key.id,
        }
        yield Record(key, fields)
        yield Record(channel_key(key, MAIN), {"address": person.email}, (key,))


def _courses(roster: Roster, policy: Policy) -> Iterator[Record]:
    year = roster.school_year
    for cop in active_cops(roster):
        yield _course(("cop", cop.code), cop_name(cop), f"COP-{cop.code} {year}", roster=roster, policy=policy, cop=cop)
    for region in networks(roster):
        code = region_code(region)
        yield _course(("net", code), network_name(region, year), f"NET-{code} {year}", roster=roster, policy=policy)
    for team in pilots(roster):
        yield _course(("pilot", team.team_id), pilot_name(team, year), f"PILOT-{team.team_id} {year}", roster=roster, policy=policy)
    yield _course(("hub",), hub_name(year), f"HUB {year}", roster=roster, policy=policy)


def _course(parts: tuple[str, ...], name: str, code: str, *, roster: Roster, policy: Policy, cop: Cop | None = None) -> Record:
    year = scope(policy.prefix, roster.school_year)
    fields: dict[str, Value] = {"name": name, "code": code, "term": year, "account": policy.prefix, "time_zone": policy.time_zone}
    if cop and policy.course_dates:
        fields |= {
            "start_at": _instant(cop.start_date, time(), policy),
            "end_at": _instant(cop.end_date, time(23, 59, 59), policy),
            "restricted": True,
        }
    return Record(course_key(year, *parts), fields, (_account_key(policy), Key(Kind.TERM, year)))


def _places(roster: Roster, policy: Policy) -> Iterator[Record]:
    """Each section that has people, and each person in it."""
    sections: set[Key] = set()
    for place in placements(roster):
        course = course_key(scope(policy.prefix, roster.school_year), *place.course)
        section = section_key(course, place.section)
        if section not in sections:
            sections.add(section)
            yield _section(course, place.section, roster)
        yield _enrollment(place, course, section, policy=policy)


def _section(course: Key, code: str, roster: Roster) -> Record:
    return Record(section_key(course, code), {"name": section_name(code, roster)}, (course,))


def enrollment_of(place: Placement, roster: Roster, policy: Policy) -> Record:
    """The enrollment for one placement."""
    course = course_key(scope(policy.prefix, roster.school_year), *place.course)
    return _enrollment(place, course, section_key(course, place.section), policy=policy)


def section_name(code: str, roster: Roster) -> str:
    """What a section is called: Facilitators, Region II, or the name of its team."""
    return SECTION_NAMES.get(code) or roster.team_by_id[code].name


def _enrollment(place: Placement, course: Key, section: Key, *, policy: Policy) -> Record:
    rule, user = policy.roles[place.role], user_key(policy.prefix, place.person_id)
    role = (Key(Kind.ROLE, rule.label),) if rule.custom else ()
    fields: dict[str, Value] = {"state": "active", "limited": place.role in policy.limited, "base": rule.base}
    return Record(enrollment_key(section, user, rule.label), fields, (course, section, user, *role))
