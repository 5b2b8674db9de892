"""The columns of each roster file, by name; their order is free."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file of one kind holds."""

    what: str
    required: frozenset[str]
    optional: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """All names that may stand in the header."""
        return self.required | self.optional


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROSTER = Layout(
    "roster",
    _names(
        "person_id given_name family_name suffix display_name sortable_name email role_type affiliation team_id team_name team_role "
        "component region county cds_code district school local_association cop_participant cop_facilitator cop_guest"
    ),
    frozenset({"notes"}),
)
TEAMS = Layout(
    "teams file",
    _names(
        "team_id team_name component region county district_cds district local_association lead_ids member_count primary_contact_staff_id"
    ),
    frozenset({"readiness_score", "readiness_date"}),
)
COPS = Layout(
    "COP catalogue",
    _names(
        "cop_code school_year title focus_area status start_date end_date open_to_guests capacity partner_institution "
        "lead_facilitator_id facilitator_ids"
    ),
    frozenset({"meetings_planned", "cadence", "description"}),
)
COUNTIES = Layout("county table", frozenset({"county", "region_working"}), frozenset({"county_code", "confidence", "evidence"}))


def misfits(header: Sequence[str], layout: Layout) -> Iterator[str]:
    """A sentence for each column that is missing, unknown or there twice."""
    missing = sorted(layout.required - set(header))
    for name, count in Counter(header).items():
        if count > 1:
            yield f'The column "{name}" is there {count} times.'
        elif name not in layout.known:
            yield _unknown(name, missing)
    for name in missing:
        yield f'The column "{name}" is missing.'


def _unknown(name: str, missing: Sequence[str]) -> str:
    near = get_close_matches(name.casefold(), missing, n=1)
    return f'The column "{name}" is not known here.' + (f' Is it "{near[0]}"?' if near else "")
