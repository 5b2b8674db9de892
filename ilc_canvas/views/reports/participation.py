"""What each person and team of a school year took part in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.people.new_ids import all_ids
from ilc_canvas.program.reports.participation import Participation, SignedRoster, Span, Spot, Year, participation
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit.place_history import Deed, deeds
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import rekey, versions
from ilc_canvas.views.reports.sources import Sources, sources

NOT_KNOWN = ("last_activity", "total_time")
"""What only Canvas could tell, and is not asked."""


@dataclass(frozen=True)
class ParticipationReport:
    """The figures, and what they are made from."""

    sources: Sources
    participation: Participation


def view(settings: Settings, store: Store, school_year: str, *, as_of: datetime) -> ParticipationReport:
    """Of a school year, by default of the one whose roster was signed last. RosterError if no roster is finalized."""
    found = sources(store, school_year, as_of)
    year = found.roster.school_year
    signed = sorted((info.signed_at, info.number) for info in versions.listing(store) if info.signed_at and info.school_year == year)
    rosters = [SignedRoster(versions.read(store, number), at) for at, number in signed]
    present = _present(rosters, rekey.links(store))
    spans = _spans(deeds(store, settings.scope(year)), settings.scope(year), present)
    known = Year(rosters, found.calendar, found.attendance, spans, settings.policy.roles, present)
    return ParticipationReport(found, participation(known))


def _present(rosters: Iterable[SignedRoster], links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The present id of everybody who had another one."""
    *_, newest = rosters
    pairs = list(links)
    former = {each for pair in pairs for each in pair} - newest.roster.person_by_id.keys()
    here = {old: all_ids(old, pairs) & newest.roster.person_by_id.keys() for old in former}
    return {old: min(ids) for old, ids in here.items() if ids}


def _spans(found: Iterable[Deed], scope: str, present: Mapping[str, str]) -> dict[Spot, tuple[Span, ...]]:
    """What was done, as times during which each place was held."""
    spans: dict[Spot, list[Span]] = {}
    for deed in found:
        person_id = deed.enrollment.user.id.rpartition(":")[2]
        *course, section = deed.enrollment.section.id.removeprefix(f"{scope}:").split(":")
        spot = Spot(tuple(course), section, present.get(person_id, person_id), deed.enrollment.role)
        held = spans.setdefault(spot, [])
        is_open = bool(held) and held[-1].ended is None
        if deed.given and not is_open:
            held.append(Span(deed.at, found=deed.found))
        elif not deed.given and is_open:
            held[-1] = Span(held[-1].began, deed.at, held[-1].found)
    return {spot: tuple(held) for spot, held in spans.items() if held}
