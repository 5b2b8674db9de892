"""Settings that decide about rights and identity: what has changed since a run went by them, and which changes of a plan come from that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from ilc_canvas.program.policy import Policy, RoleRule
from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, Remove, fingerprint
from ilc_canvas.reconcile.guard import Reason
from ilc_canvas.reconcile.words import count

CODE = "settings-changed"
_WATCHED = {
    "prefix": "the prefix of our SIS ids",
    "account": "the account",
    "account_name": "the name of our sub-account",
    "time_zone": "the time zone",
    "course_dates": "the setting for dates of courses",
    "ending": "what leaving means",
    "people.existing": "what becomes of people who have an account",
    "people.existing_write": "what is written to their accounts",
}
_OF_A_ROLE = {"base": "role of {}", "label": "label of {}", "limited": "limit of {} to the own section"}

Noted = Mapping[str, object]
"""Settings by name, as the audit log keeps them: roles.lead.base, ending."""


@dataclass(frozen=True, slots=True)
class Former:
    """By which settings the last run went that was carried out whole, as far as others hold now."""

    policy: Policy
    names: tuple[str, ...]  # of the settings that have changed
    text: str  # one sentence: what each is now, and what it was


def policy_of(noted: Noted) -> Policy:
    """The rules by which a roster becomes courses."""
    words = sorted({name.split(".")[1] for name in noted if name.startswith("roles.")})
    bases = {word: str(noted[f"roles.{word}.base"]) for word in words}
    return Policy(
        prefix=str(noted["prefix"]),
        roles={word: RoleRule(base, str(noted[f"roles.{word}.label"] or base)) for word, base in bases.items()},
        limited=frozenset(word for word in words if noted[f"roles.{word}.limited"]),
        time_zone=str(noted["time_zone"]),
        account_name=str(noted["account_name"]),
        course_dates=cast("bool", noted["course_dates"]),
        existing=str(noted["people.existing"]),
        existing_write=str(noted["people.existing_write"]),
    )


def former(before: Noted | None, now: Noted) -> Former | None:
    """What has changed since; None if there is nothing to compare with, or nothing of it has changed."""
    if before is None:
        return None
    names = tuple(name for name in now if _is_watched(name) and name in before and before[name] != now[name])
    if not names:
        return None
    told = (f"{_word(name)} is now {_value(now[name])} (was {_value(before[name])})" for name in names)
    return Former(policy_of({**now, **before}), names, f"Settings changed since the last run: {'; '.join(told)}.")


def _is_watched(name: str) -> bool:
    return name in _WATCHED or name.startswith("roles.")


def _word(name: str) -> str:
    if name in _WATCHED:
        return _WATCHED[name]
    _, role, part = name.split(".")
    return _OF_A_ROLE[part].format(role)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) or "none"


def reasons(changed: Former, plan: Plan, before: Plan) -> Iterator[Reason]:
    """A reason to hold, if changes of this plan come from the settings: they were not in the plan by the former ones, which is `before`."""
    there = {fingerprint(change) for change in before.changes}
    due = [change for change in plan.changes if fingerprint(change) not in there or _is_touched(change, changed.names)]
    if due:
        many = count(len(due), "change comes", "changes come")
        yield Reason(CODE, f"{changed.text} {many} from that.", len(due), 0, tuple(change.key for change in due))


def _is_touched(change: Change, names: Iterable[str]) -> bool:
    """What a setting changes without another plan: how somebody leaves, where all of it stands, whose account is taken."""
    leaving = isinstance(change, Remove) and change.key.rule.is_placement
    person = isinstance(change, Adopt | Create) and change.key.rule.is_person
    return "account" in names or ("ending" in names and leaving) or ("people.existing" in names and person)
