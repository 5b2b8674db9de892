"""People as records: what Canvas shows of their accounts, and what the roster asks for after people's decisions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count

from ilc_canvas.reconcile.change import Change, Create, Plan, Update, ordered
from ilc_canvas.reconcile.kinds import MAIN, Value, of_account
from ilc_canvas.reconcile.people.accounts import AccountSearch, UserAccount, folded
from ilc_canvas.reconcile.people.addresses import address_steps, is_former
from ilc_canvas.reconcile.people.identity import Answers, Resolution, is_kept
from ilc_canvas.reconcile.people.person_names import names_agree
from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record, State, channel_key, person_of


def people_records(resolution: Resolution, search: AccountSearch, ledger: Ledger, *, roster: Collection[Key]) -> Iterator[Record]:
    """The accounts of people in the roster as observed records: what Canvas shows of them, under the keys of their people.

    An address to be removed counts as present: the removal itself looks for it.
    """
    for key, number in resolution.links.items():
        account = search.account(number)
        if key in roster and account and not account.removed:
            yield from _observed(key, account, ledger.get(key))
    for key, owned in ledger.items():
        user = person_of(key)
        if key.rule.is_stepwise and is_former(key) and user in roster and user in resolution.links:
            yield Record(key, owned.fields, (user,), resolution.links[user])


def _observed(key: Key, account: UserAccount, owned: Owned | None) -> Iterator[Record]:
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


def _confirmed(account: UserAccount) -> str | None:
    """The first address, or the first active one if the channels were read."""
    if account.addresses is None or account.email in account.addresses:
        return account.email
    return account.addresses[0] if account.addresses else None


def _our_login(account: UserAccount, owned: Owned | None) -> str | None:
    """Of several logins, the one that we set: by our SIS id, else as we last left it; Canvas may show another one (live-people 5)."""
    base = owned.fields if owned else {}
    by_id = (one.unique_id for one in account.logins or () if one.sis_id and one.sis_id == base.get("sis_id"))
    by_name = (one.unique_id for one in account.logins or () if folded(one.unique_id) == folded(str(base.get("login"))))
    return next(by_id, next(by_name, account.login))


def without_former_accounts(ledger: Ledger, resolution: Resolution) -> Ledger:
    """The ledger without the accounts and addresses of people who now have a different account."""
    links, matched = resolution.links, resolution.matched
    moved = {key for key in matched if key in ledger and ledger[key].handle not in (None, links[key])}
    return {key: owned for key, owned in ledger.items() if not _is_of_account(key, moved)} if moved else ledger


def _is_of_account(key: Key, people: Collection[Key]) -> bool:
    return of_account(key.rule) and person_of(key) in people


def forget_replaced_accounts(ledger: Ledger, observed: State, answers: Answers) -> Ledger:
    """The ledger without what was lost with the former account of people for whom a different one was chosen: it is made again."""
    decided_at = {key: answer.at for key, answer in answers.items() if answer.decision in ("create", "adopt")}
    gone = {key for key, owned in ledger.items() if _is_lost(key, owned, observed, decided_at=decided_at)}
    return {key: owned for key, owned in ledger.items() if key not in gone} if gone else ledger


def _is_lost(key: Key, owned: Owned, observed: State, *, decided_at: Mapping[Key, datetime]) -> bool:
    since, record = decided_at.get(person_of(key)), observed.get(key)
    ended = record is None or (key.rule.is_placement and record.fields.get("state") in ("deleted", "completed", "inactive"))
    return since is not None and owned.at < since and ended


def apply_login_decisions(desired: State, ledger: Ledger, answers: Answers) -> State:
    """What the roster asks for, with the logins that people chose and with SIS ids that no other account of ours has."""
    claimed = {owned.fields.get("sis_id"): key for key, owned in ledger.items() if key.rule.is_person}
    return State.of(_with_decision(record, ledger, answers, claimed=claimed) for record in desired)


def _with_decision(record: Record, ledger: Ledger, answers: Answers, *, claimed: Mapping[Value, Key]) -> Record:
    """Somebody whose id belonged to another person before cannot get its SIS id, which stays with the former account."""
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
    """The plan with our removed accounts restored, not created again. Each comes back with its former login and address; the roster's
    current ones follow in separate steps (live-people 6).
    """
    if not revived:
        return plan
    changes = (each for change in plan.changes for each in _revived(change, revived, ledger))
    return replace(plan, changes=ordered(changes))


def _revived(change: Change, revived: Mapping[Key, int], ledger: Ledger) -> Iterator[Change]:
    if not isinstance(change, Create) or change.key not in revived:
        yield change
        return
    key, number, desired = change.key, revived[change.key], change.after.fields
    main = channel_key(key, MAIN)
    last = {"login": ledger[key].fields.get("login") if key in ledger else None}
    last["email"] = ledger[main].fields.get("address") if main in ledger else None
    former = {**desired, **{name: value for name, value in last.items() if value}}
    yield Create(replace(change.after, fields=former), Record(key, {"state": "deleted"}, handle=number))
    back = Record(key, {name: former[name] for name in ("name", "sortable_name", "login", "sis_id")}, handle=number)
    if not change.key.rule.same("login", former["login"], desired["login"]):
        yield Update(back, replace(back, fields={**back.fields, "login": desired["login"]}))
    if not change.key.rule.same("email", former["email"], desired["email"]):
        current = Record(main, {"address": former["email"]}, (key,), number)
        yield from address_steps(Record(main, {"address": desired["email"]}, (key,)), current, ledger.keys(), retire=True)


def changed_people(desired: State, observed: State, ledger: Ledger, *, answers: Answers) -> frozenset[Key]:
    """People whose name and address both change at once under one person_id: the id may have been given to somebody else."""
    known = (user for user in desired.people() if user.key in observed.records and user.key in ledger)
    return frozenset(user.key for user in known if _is_changed(user, observed, ledger, answers=answers))


def _is_changed(user: Record, observed: State, ledger: Ledger, *, answers: Answers) -> bool:
    owned, main = ledger[user.key], channel_key(user.key, MAIN)
    recorded, shown = ledger.get(main), observed.get(main)
    address = recorded.fields.get("address") if recorded else shown and shown.fields.get("address")
    if not address or folded(str(address)) == folded(str(user.fields["email"])) or not owned.fields.get("name"):
        return False
    renamed = not names_agree(str(user.fields["name"]), str(user.fields["sortable_name"]), str(owned.fields["name"]))
    return renamed and not is_kept(answers.get(user.key), owned.handle or 0)
