"""Compares one desired record with what Canvas shows of it: what to change, what is drift, what is in the way."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Adopt, Change, Create, Drift, Update
from ilc_canvas.reconcile.compare.drift_decisions import PUT_BACK, DriftDecisions
from ilc_canvas.reconcile.deferral.blocked import CONCLUDED, GONE, IN_THE_WAY, MOVED, cause
from ilc_canvas.reconcile.kinds import Value
from ilc_canvas.reconcile.people.addresses import address_steps
from ilc_canvas.reconcile.state import Fields, Key, Ledger, Owned, Record, State, person_of

Selected = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """What a plan is made from and for: basis, scope, Canvas; whether edits by hand are repaired; what may be written to people's
    accounts that others made: never, sis_id (if they have none), or all.
    """

    basis: Basis
    scope: str
    base_url: str
    repair: bool = False
    existing_write: str = "never"
    decisions: DriftDecisions = field(default_factory=dict)  # about what people changed by hand


@dataclass(frozen=True, slots=True)
class CompareInputs:
    """Everything needed to compare records."""

    desired: State
    observed: State
    ledger: Ledger
    frame: CompareSettings
    matched: Mapping[Key, str]
    lost: frozenset[Key] = frozenset()  # enrollments that ended when people concluded their course
    selected: Selected = lambda _: True  # what the plan is limited to

    def repairs(self, desired: Record, name: str = "state") -> bool:
        """Whether what was changed by hand in this field is put back: by a repair, or by a decision that has not been carried out yet.

        Content that Canvas deleted along with its parent comes back with it: the items of a page, discussion or module.
        """
        above = [key for key in desired.parents if key.rule.is_content] if desired.rule.is_content and name == "state" else []
        return (self.frame.repair and self.selected(desired)) or any(self._is_put_back(key, name) for key in (desired.key, *above))

    def _is_put_back(self, key: Key, name: str) -> bool:
        decision, owned = self.frame.decisions.get((key, name)), self.ledger.get(key)
        return decision is not None and decision.choice == PUT_BACK and (owned is None or owned.at < decision.at)

    def is_made_by_others(self, user: Key) -> bool:
        """Whether others made this person's account, so that we hold it only by its number."""
        owned = self.ledger.get(user)
        return (owned.how if owned else self.matched.get(user)) == "matched"


@dataclass(frozen=True, slots=True)
class Difference:
    """The result of comparing one desired record."""

    key: Key
    changes: tuple[Change, ...] = ()
    drift: tuple[Drift, ...] = ()
    settled: Record | None = None
    not_ours: tuple[Drift, ...] = ()
    block: str = ""  # why nothing can be made at or below it: code and cause


def compare(desired: Record, observed: Record | None, inputs: CompareInputs) -> Difference:
    """How to bring one object to its desired state, what people changed about it, and whether it blocks what belongs below it."""
    difference = _compared(desired, observed, inputs)
    return replace(difference, block=cause(MOVED, desired.course or desired.key)) if _is_out_of_reach(desired, inputs) else difference


def _is_out_of_reach(desired: Record, inputs: CompareInputs) -> bool:
    """Whether people moved the course out of the account that has the custom role: it works only there and below (live-server 3)."""
    if desired.course is None or not any(parent.rule.is_bound for parent in desired.parents):
        return False
    course, there = inputs.desired.get(desired.course), inputs.observed.get(desired.course)
    return bool(course and there and there.fields.get("account") not in (None, course.fields.get("account")))


def _compared(desired: Record, observed: Record | None, inputs: CompareInputs) -> Difference:
    owned, repair, rule = inputs.ledger.get(desired.key), inputs.repairs(desired), desired.rule
    if rule.is_stepwise:
        return _address(desired, observed, inputs)
    if observed is None:
        return _missing(desired, gone=owned is not None and owned.stands, repair=repair)
    if rule.is_person:
        return _person(desired, observed, inputs)
    if rule.is_placement and not observed.is_live:
        return _ended_row(desired, observed, owned, inputs=inputs)
    if not rule.is_placement and observed.fields.get("state") in {*IN_THE_WAY, *rule.remade_from}:
        return _closed(desired, observed, owned, repair=repair)
    if owned is None and not rule.is_noted:
        return _adopted(desired, observed)
    difference = _standing(desired, observed, owned, inputs=inputs)
    return replace(difference, block=_host(observed, inputs)) if "stands_in" in observed.fields else difference


def _host(section: Record, inputs: CompareInputs) -> str:
    """The block if people cross-listed a section into a course of ours that has ended; empty otherwise."""
    there = (each for each in inputs.observed.containers() if each.handle == section.fields["stands_in"])
    over = any(str(course.fields.get("state")) in IN_THE_WAY for course in there)
    return cause(CONCLUDED, section.key) if over else ""


def _closed(desired: Record, observed: Record, owned: Owned | None, *, repair: bool) -> Difference:
    """Deleted, concluded, called off or switched off by people, or hidden from us. What we ended comes back if it is asked for again.

    With repair a course, section or role comes back; there is no known way to bring back a term or an account.
    """
    rule, state = desired.rule, observed.fields["state"]
    ended_by_us = state == rule.ended_as and owned is not None and owned.how == "ended"
    if (ended_by_us or repair) and state in rule.remade_from:
        return Difference(desired.key, (Create(desired, before=observed),))
    if rule.reopens_from and ended_by_us:
        return Difference(desired.key, (_reopened(desired, observed),))
    back = (_reopened(desired, observed),) if repair and state in rule.reopens_from else ()
    drift = () if back else (Drift(desired.key, "state", "available", state),)
    return Difference(desired.key, back, drift, block=cause(IN_THE_WAY[str(state)], desired.key) if state in IN_THE_WAY else "")


def _reopened(desired: Record, observed: Record) -> Update:
    """A course that comes back is left for its facilitators to publish."""
    return Update(observed, replace(observed, fields={**observed.fields, "state": desired.rule.starts_as}, parents=desired.parents))


def _missing(desired: Record, *, gone: bool, repair: bool) -> Difference:
    """Not in Canvas: create it, unless people removed what we had made."""
    if gone and not repair:
        return Difference(desired.key, drift=(Drift(desired.key, "state", "there", "gone"),), block=cause(GONE, desired.key))
    return Difference(desired.key, (Create(desired, turn=int(desired.fields.get("position") or 0)),))


def _standing(desired: Record, observed: Record, owned: Owned | None, *, inputs: CompareInputs) -> Difference:
    """Found by its SIS id or number: a changed SIS id (or role label) is drift like any other field; a cross-listed section always is."""
    if "known_as" in observed.fields and owned is not None:
        own: dict[str, Value] = {"known_as": desired.key.id}
        desired, owned = replace(desired, fields={**desired.fields, **own}), replace(owned, fields={**owned.fields, **own})
    difference = _fields(desired, observed, owned, repairs=partial(inputs.repairs, desired), stuck=_stuck(desired, observed, inputs))
    if "stands_in" not in observed.fields:
        return difference
    return replace(difference, drift=(*difference.drift, Drift(desired.key, "stands_in", None, observed.fields["stands_in"])))


def _adopted(desired: Record, observed: Record) -> Difference:
    """Has our SIS id but is not in the ledger: adopted as it is. Nobody can tell who set the fields that differ, so they stay."""
    same_fields = {name: value for name, value in observed.fields.items() if desired.rule.same(name, desired.fields.get(name), value)}
    different = [name for name in _shown(desired, observed) if name not in same_fields]
    drift = tuple(Drift(desired.key, name, desired.fields[name], observed.fields[name]) for name in different)
    return Difference(desired.key, (Adopt(observed, replace(observed, fields=same_fields)),), drift)


def _ended_row(desired: Record, observed: Record, owned: Owned | None, *, inputs: CompareInputs) -> Difference:
    """An enrollment that has ended: people ended it (drift) or its course (it waits), or we did and the roster asks for it again."""
    course = inputs.observed.get(desired.course) if desired.course else None
    if desired.key in inputs.lost and course and course.is_over:
        return Difference(
            desired.key, settled=None if _is_recorded(owned) else replace(desired, fields={"state": "completed"}, handle=observed.handle)
        )
    by_hand = owned is not None and owned.stands and desired.key not in inputs.lost
    if by_hand and not inputs.repairs(desired):
        return Difference(desired.key, drift=(Drift(desired.key, "state", desired.fields["state"], observed.fields.get("state")),))
    return Difference(desired.key, (Create(replace(desired, handle=observed.handle), before=observed),))


def _is_recorded(owned: Owned | None) -> bool:
    """Whether the ledger knows that this enrollment ended with its course."""
    return owned is not None and owned.fields.get("state") == "completed"


def _shown(desired: Record, observed: Record) -> dict[str, Value]:
    """The desired values of the fields that Canvas shows; a field that the token may not see is not compared."""
    return {name: value for name, value in desired.fields.items() if name in observed.fields}


def _different(desired: Record, observed: Record) -> dict[str, Value]:
    same = desired.rule.same
    return {name: value for name, value in _shown(desired, observed).items() if not same(name, value, observed.fields[name])}


def _person(desired: Record, observed: Record, inputs: CompareInputs) -> Difference:
    """An account that others made is held by its number, and only what the settings allow is written to it."""
    owned, write = inputs.ledger.get(desired.key), inputs.frame.existing_write
    made_by_others = inputs.is_made_by_others(desired.key)
    if not made_by_others and "sis_id" not in (owned.fields if owned else {}):
        observed = replace(observed, fields={name: value for name, value in observed.fields.items() if name != "sis_id"})
    if made_by_others and write != "all":
        allowed = {name: value for name, value in _different(desired, observed).items() if name == "sis_id" and write == "sis_id"}
        others = tuple(_differences(desired, observed, ("name", "login")))
        return Difference(desired.key, (*_adoptions(desired, observed, inputs), *_updates(desired, observed, allowed)), not_ours=others)
    if owned is None:
        return Difference(desired.key, _adoptions(desired, observed, inputs) + _updates(desired, observed, _different(desired, observed)))
    return _fields(desired, observed, owned, repairs=partial(inputs.repairs, desired))


def _adoptions(desired: Record, observed: Record, inputs: CompareInputs) -> tuple[Change, ...]:
    """Takes an account that is not yet in the ledger, by its number."""
    if desired.key in inputs.ledger:
        return ()
    before = Record(observed.key, {name: value for name, value in observed.fields.items() if name != "sis_id"}, handle=observed.handle)
    how = inputs.matched.get(desired.key, "adopted")
    return (Adopt(before, replace(before, fields={**before.fields, "account": observed.handle}), how),)


def _differences(desired: Record, observed: Record, names: Iterable[str]) -> Iterator[Drift]:
    different = _different(desired, observed)
    yield from (Drift(desired.key, name, different[name], observed.fields.get(name)) for name in names if name in different)


def _address(desired: Record, observed: Record | None, inputs: CompareInputs) -> Difference:
    """The first address of a person whose account exists; a new account is created with its address."""
    user, owned = person_of(desired.key), inputs.ledger.get(desired.key)
    if user not in inputs.observed.records:
        return Difference(desired.key)
    writes = not inputs.is_made_by_others(user) or inputs.frame.existing_write == "all"
    if not writes or (user not in inputs.ledger and observed and not _different(desired, observed)):
        return Difference(desired.key, not_ours=tuple(_differences(desired, observed, ("address",))) if observed else ())
    if observed is None:
        return _missing(desired, gone=owned is not None, repair=inputs.repairs(desired))
    if _different(desired, observed):
        return _new_address(desired, observed, owned, inputs=inputs)
    return _fields(desired, observed, owned, repairs=lambda _: False)


def _new_address(desired: Record, observed: Record, owned: Owned | None, *, inputs: CompareInputs) -> Difference:
    """Replaces our former address; one that somebody else set is kept, even when ours becomes the first again."""
    is_ours = owned is None or desired.rule.same("address", owned.fields.get("address"), observed.fields["address"])
    if not is_ours and not inputs.repairs(desired, "address"):
        return Difference(desired.key, drift=(Drift(desired.key, "address", desired.fields["address"], observed.fields["address"]),))
    return Difference(desired.key, tuple(address_steps(desired, observed, inputs.ledger.keys(), retire=is_ours)))


def _stuck(desired: Record, observed: Record, inputs: CompareInputs) -> frozenset[str]:
    """Fields that not even repair can put back: the target is closed, or another object has that name by now."""
    closed = {str(key.kind) for key in desired.parents if (up := inputs.observed.get(key)) and str(up.fields.get("state")) in IN_THE_WAY}
    owned = inputs.ledger.get(desired.key)
    done = {name for name in desired.rule.unrepairable if owned and owned.fields.get(name) == desired.fields.get(name)}
    return frozenset(closed | done | ({"known_as"} if "namesake" in observed.fields else set()))


def _fields(
    desired: Record, observed: Record, owned: Owned | None, *, repairs: Callable[[str], bool], stuck: frozenset[str] = frozenset()
) -> Difference:
    base = owned.fields if owned else {}
    different = _different(desired, observed)
    unknown = owned is not None and owned.how == "adopted" and not desired.rule.is_person
    touched = [name for name in different if name in stuck or (not repairs(name) and _is_touched(name, observed, base, unknown=unknown))]
    drift = tuple(
        Drift(desired.key, name, desired.fields[name], observed.fields.get(name), _is_conflict(name, desired, base)) for name in touched
    )
    left = {name: value for name, value in different.items() if name not in touched}
    return Difference(desired.key, _updates(desired, observed, left), drift, _agreed(desired, observed, owned))


def _agreed(desired: Record, observed: Record, owned: Owned | None) -> Record | None:
    """What the ledger has to record: it agrees with the roster but differs from the ledger."""
    shown, different = _shown(desired, observed), _different(desired, observed)
    if owned is not None and not owned.stands:  # people brought it back, and the roster asks for it again
        return replace(desired, fields={name: value for name, value in shown.items() if name not in different}, handle=observed.handle)
    if different:
        return None
    same = desired.rule.same
    stale = owned is not None and bool(owned.fields) and any(not same(name, value, owned.fields.get(name)) for name, value in shown.items())
    moved = owned is not None and owned.handle != observed.handle and observed.handle is not None
    unrecorded = owned is None and desired.rule.is_noted and bool(shown)
    return replace(desired, fields=shown, handle=observed.handle) if stale or moved or unrecorded else None


def _is_touched(name: str, observed: Record, base: Fields, *, unknown: bool) -> bool:
    """Whether people changed it: it differs from how we left it. For an adopted object, a field that differed then was never ours."""
    return not observed.rule.same(name, base[name], observed.fields.get(name)) if name in base else unknown


def _is_conflict(name: str, desired: Record, base: Fields) -> bool:
    """Whether roster or calendar ask for something else by now than what we left, so that neither side is the older one. The content of
    a course is its people's: what they have edited stays, whatever the templates say by now.
    """
    return not desired.rule.is_content and name in base and not desired.rule.same(name, base[name], desired.fields[name])


def _updates(desired: Record, observed: Record, fields: Mapping[str, Value]) -> tuple[Change, ...]:
    """One change for each call to Canvas: a person's names, SIS id and login take one each."""
    return tuple(_update(desired, observed, part) for part in desired.rule.parts_of(fields))


def _update(desired: Record, observed: Record, fields: Mapping[str, Value]) -> Change:
    after = Record(desired.key, {**observed.fields, **fields}, desired.parents, observed.handle)
    if desired.rule.is_upserted:  # there is no PUT for an enrollment: a repeated POST carries all fields (contract-core 8.3)
        return Create(replace(after, fields={**observed.fields, **desired.fields}), before=observed)
    return Update(observed, after)


def is_live(record: Record | None) -> bool:
    """Whether this is an enrollment that gives its person access to the course."""
    return record is not None and record.is_live
