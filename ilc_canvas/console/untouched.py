"""What a plan leaves alone, and why: in groups, each with a headline and its lines."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.reconcile.deferral.declined import DECIDED
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs import plan
from ilc_canvas.views.sentences import decision, deferred_text, place_of, question_text


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are left alone for one reason."""

    title: str
    lines: tuple[str, ...]


def untouched(detail: RunDetail, names: Names) -> list[Group]:
    """All groups that are not empty."""
    return [group for group in (*_by_others(detail, names), *_deferred(detail, names)) if group.lines]


def _by_others(detail: RunDetail, names: Names) -> Iterator[Group]:
    places = plan.places_text(detail.by_hand, names)
    added = tuple(f"{count(number, 'person', 'people')} in {place}" for place, number in places)
    yield Group(f"{count(len(detail.by_hand), 'enrollment')} added by hand in Canvas: they stay", added)
    differ = tuple(plan.drift_text(key, field, names) for key, field in detail.not_ours)
    yield Group(f"{count(len(differ), 'difference')} of accounts that others made", differ)
    drift = tuple(plan.drift_line(detail, each, names) for each in detail.drift)
    yield Group(f"{count(len(drift), 'thing')} changed by hand in Canvas", drift)


def _deferred(detail: RunDetail, names: Names) -> Iterator[Group]:
    rest = [(key, why) for _, key, why in detail.deferred if why != "asked-changed"]
    asked: Mapping[Key, str] = {person_of(key): why for key, why in rest if why.startswith("asked-")}
    yield Group(
        f"Somebody must decide about {count(len(asked), 'person', 'people')}",
        tuple(f"{names[key]}: {question_text(why)}" for key, why in sorted(asked.items())),
    )
    others = [(key, why) for key, why in rest if person_of(key) not in asked]
    yield from _decided([(key, why) for key, why in others if why in DECIDED], detail, names)
    left = [(key, why) for key, why in others if why not in DECIDED]
    yield Group(f"{count(len(left), 'change')} left out for now", tuple(deferred_text(key, why, names) for key, why in left))


def _decided(rows: Sequence[tuple[Key, str]], detail: RunDetail, names: Names) -> Iterator[Group]:
    """For each decision who made it, and why."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, why in rows:
        each = detail.decision(key, why)
        groups[decision(each) if each else SAID[why].rstrip(".")].append(place_of(key, names))
    for who, places in groups.items():
        yield Group(f"{count(len(places), 'change')} left undone: {who}", tuple(places))
