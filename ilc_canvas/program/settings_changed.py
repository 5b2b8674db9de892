"""Settings that affect rights and identity: what has changed since the last run, and which changes in a plan come from that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from ilc_canvas.program.policy import Policy, RoleRule
from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, Remove, fingerprint
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.words.wording import count

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
"""Settings by name, as in the audit log: roles.lead.base, ending."""


@dataclass(frozen=True, slots=True)
class FormerSettings:
    """The settings of the last complete run that differ from the current ones."""

    policy: Policy
    names: tuple[str, ...]  # the settings that have changed
    text: str  # one sentence: what each is now and what it was


def policy_of(noted: Noted) -> Policy:
    """The policy that these settings describe."""
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


def former_settings(before: Noted | None, now: Noted) -> FormerSettings | None:
    """What has changed since; None if there is nothing to compare with or nothing has changed."""
    if before is None:
        return None
    names = tuple(name for name in now if _is_watched(name) and name in before and before[name] != now[name])
    if not names:
        return None
    parts = (f"{_word(name)} is now {_value(now[name])} (was {_value(before[name])})" for name in names)
    return FormerSettings(policy_of({**now, **before}), names, f"Settings changed since the last run: {'; '.join(parts)}.")


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


def reasons(changed: FormerSettings, plan: Plan, before: Plan) -> Iterator[Reason]:
    """A reason to hold if changes in this plan come from the settings: they are not in `before`, the plan by the former settings."""
    there = {fingerprint(change) for change in before.changes}
    due = [change for change in plan.changes if fingerprint(change) not in there or _is_touched(change, changed.names)]
    if due:
        many = count(len(due), "change comes", "changes come")
        yield Reason(CODE, f"{changed.text} {many} from that.", len(due), 0, tuple(change.key for change in due))


def _is_touched(change: Change, names: Iterable[str]) -> bool:
    """Whether a setting affects a change that looks the same in both plans: how somebody leaves, the account, whose account is used."""
    leaving = isinstance(change, Remove) and change.key.rule.is_placement
    person = isinstance(change, Adopt | Create) and change.key.rule.is_person
    return "account" in names or ("ending" in names and leaving) or ("people.existing" in names and person)
