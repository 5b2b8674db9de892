"""Accounts as Canvas showed them, as JSON: names, logins and addresses, so it is forgotten and erased like these."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountReading, Login, UserAccount
from ilc_canvas.store.db.codec import dumps, loads


def to_json(reading: AccountReading) -> str:
    """All of it but the moment, which has a column."""
    return dumps({"token_user": reading.token_user, "accounts": [asdict(each) for each in reading.accounts.values()]})


def from_json(text: str, read_at: datetime) -> AccountReading:
    """What `to_json` wrote."""
    content = loads(text)
    accounts = [_details(each) for each in content["accounts"]]
    return AccountReading({each.account.number: each for each in accounts}, content["token_user"], read_at)


def _details(values: Mapping[str, Any]) -> AccountDetails:
    return AccountDetails(_account(values["account"]), tuple(values["courses"]), values["administrator"])


def _account(values: Mapping[str, Any]) -> UserAccount:
    logins = None if values["logins"] is None else tuple(Login(**each) for each in values["logins"])
    addresses = None if values["addresses"] is None else tuple(values["addresses"])
    return UserAccount(**{**values, "logins": logins, "addresses": addresses})
