"""People as records: what Canvas shows of their accounts, and what the roster asks of them after people's decisions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count

from ilc_canvas.reconcile.accounts import Account, Found, folded
from ilc_canvas.reconcile.addresses import address_steps, is_former
from ilc_canvas.reconcile.change import Change, Create, Plan, Update, ordered
from ilc_canvas.reconcile.identity import Answers, Resolution, is_kept
from ilc_canvas.reconcile.kinds import MAIN, Value, of_account
from ilc_canvas.reconcile.person_names import names_agree
from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record, State, channel_key, person_of


def people_records(resolution: Resolution, found: Found, ledger: Ledger, *, roster: Collection[Key]) -> Iterator[Record]:
    """The accounts of people of the roster as observed records: what Canvas shows of them, under the keys of their people.

    An address that was to go counts as there: it is looked for when it is removed.
    """
    for key, number in resolution.links.items():
        account = found.account(number)
        if key in roster and account and not account.removed:
            yield from _observed(key, account, ledger.get(key))
    for key, owned in ledger.items():
        user = person_of(key)
        if key.rule.is_stepwise and is_former(key) and user in roster and user in resolution.links:
            yield Record(key, owned.fields, (user,), resolution.links[user])


def _observed(key: Key, account: Account, owned: Owned | None) -> Iterator[Record]:
    login = _our_login(account, owned)
    fields: dict[str, Value] = {"name": account.name, "sortable_name": account.sortable_name, **({"login": login} if login else {})}
    if owned and owned.fields.get("sis_id"):
        fields["sis_id"] = owned.fields["sis_id"]
    elif account.sis_id is None and not any(one.sis_id for one in account.logins or ()):
        fields["sis_id"] = None
    yield Record(key, fields, handle=account.number)
    email = _confirmed(account)
    if email or not account.sees_email:
        yield Record(channel_key(key, MAIN), {"address": email} if account.sees_email else {}, (key,), account.number)


def _confirmed(account: Account) -> str | None:
    """The first address; if the channels were read, the first one that is active."""
    if account.addresses is None or account.email in account.addresses:
        return account.email
    return account.addresses[0] if account.addresses else None


def _our_login(account: Account, owned: Owned | None) -> str | None:
    """Of several logins the one that we gave: by our SIS id, else as we last left it; another one may be shown (live-people 5)."""
    base = owned.fields if owned else {}
    by_id = (one.unique_id for one in account.logins or () if one.sis_id and one.sis_id == base.get("sis_id"))
    by_name = (one.unique_id for one in account.logins or () if folded(one.unique_id) == folded(str(base.get("login"))))
    return next(by_id, next(by_name, account.login))


def without_former_accounts(ledger: Ledger, resolution: Resolution) -> Ledger:
    """The ledger without the accounts, and their addresses, of people who have another account from now on."""
    links, matched = resolution.links, resolution.matched
    moved = {key for key in matched if key in ledger and ledger[key].handle not in (None, links[key])}
    return {key: owned for key, owned in ledger.items() if not _is_of_account(key, moved)} if moved else ledger


def _is_of_account(key: Key, people: Collection[Key]) -> bool:
    return of_account(key.rule) and person_of(key) in people


def remade(ledger: Ledger, observed: State, answers: Answers) -> Ledger:
    """The ledger without what went with the former account of people for whom another one was decided on: it is made again."""
    again = {key: answer.at for key, answer in answers.items() if answer.decision in ("create", "adopt")}
    gone = {key for key, owned in ledger.items() if _went(key, owned, observed, again=again)}
    return {key: owned for key, owned in ledger.items() if key not in gone} if gone else ledger


def _went(key: Key, owned: Owned, observed: State, *, again: Mapping[Key, datetime]) -> bool:
    since, seen = again.get(person_of(key)), observed.get(key)
    over = seen is None or (key.rule.is_placement and seen.fields.get("state") in ("deleted", "completed", "inactive"))
    return since is not None and owned.at < since and over


def as_answered(wanted: State, ledger: Ledger, answers: Answers) -> State:
    """What the roster asks, with the logins that people have decided on, and with SIS ids that no other account of ours has."""
    claimed = {owned.fields.get("sis_id"): key for key, owned in ledger.items() if key.rule.is_person}
    return State.of(_as_decided(record, ledger, answers, claimed=claimed) for record in wanted)


def _as_decided(record: Record, ledger: Ledger, answers: Answers, *, claimed: Mapping[Value, Key]) -> Record:
    """Somebody whose id another one had before cannot get the SIS id, which stays with the former account."""
    if not record.rule.is_person:
        return record
    answer, owned = answers.get(record.key), ledger.get(record.key)
    changed: dict[str, Value] = {"login": answer.login} if answer and answer.login else {}
    if claimed.get(record.fields["sis_id"], record.key) != record.key:
        own = owned.fields.get("sis_id") if owned else None
        free = (text for number in count(2) if (text := f"{record.key.id}~{number}") not in claimed)
        changed["sis_id"] = own or next(free)
    return replace(record, fields={**record.fields, **changed}) if changed else record


def reviving(plan: Plan, revived: Mapping[Key, int], ledger: Ledger) -> Plan:
    """A removed account of ours is called back, not made again. It comes with its former login and address: what the roster has by now
    follows in steps of its own (live-people 6).
    """
    if not revived:
        return plan
    changes = (each for change in plan.changes for each in _revived(change, revived, ledger))
    return replace(plan, changes=ordered(changes))


def _revived(change: Change, revived: Mapping[Key, int], ledger: Ledger) -> Iterator[Change]:
    if not isinstance(change, Create) or change.key not in revived:
        yield change
        return
    key, number, wanted = change.key, revived[change.key], change.after.fields
    main = channel_key(key, MAIN)
    left = {"login": ledger[key].fields.get("login") if key in ledger else None}
    left["email"] = ledger[main].fields.get("address") if main in ledger else None
    former = {**wanted, **{name: value for name, value in left.items() if value}}
    yield Create(replace(change.after, fields=former), Record(key, {"state": "deleted"}, handle=number))
    back = Record(key, {name: former[name] for name in ("name", "sortable_name", "login", "sis_id")}, handle=number)
    if not change.key.rule.same("login", former["login"], wanted["login"]):
        yield Update(back, replace(back, fields={**back.fields, "login": wanted["login"]}))
    if not change.key.rule.same("email", former["email"], wanted["email"]):
        seen = Record(main, {"address": former["email"]}, (key,), number)
        yield from address_steps(Record(main, {"address": wanted["email"]}, (key,)), seen, ledger.keys(), retire=True)


def changed_people(desired: State, observed: State, ledger: Ledger, *, answers: Answers) -> frozenset[Key]:
    """People whose name and address both change at once under one person_id: perhaps the id was given to somebody else."""
    known = (user for user in desired.people() if user.key in observed.records and user.key in ledger)
    return frozenset(user.key for user in known if _is_changed(user, observed, ledger, answers=answers))


def _is_changed(user: Record, observed: State, ledger: Ledger, *, answers: Answers) -> bool:
    owned, main = ledger[user.key], channel_key(user.key, MAIN)
    booked, shown = ledger.get(main), observed.get(main)
    address = booked.fields.get("address") if booked else shown and shown.fields.get("address")
    if not address or folded(str(address)) == folded(str(user.fields["email"])) or not owned.fields.get("name"):
        return False
    renamed = not names_agree(str(user.fields["name"]), str(user.fields["sortable_name"]), str(owned.fields["name"]))
    return renamed and not is_kept(answers.get(user.key), owned.handle or 0)
