"""Whether a Canvas is the one that a store knows, by the account's own identifiers, regardless of its address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from ilc_canvas.reconcile.kinds import kinds
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.plain import plain

_END = re.compile(r"[\s/]+$")
_PORTS = {"https": 443, "http": 80}
_COPIES = {".beta.instructure.com": "beta", ".test.instructure.com": "test"}
"""Copies of a Canvas for testing: they have all the identifiers of the original."""
_COPY_NAMES = {"beta": "a beta copy", "test": "a test copy", "": "an original"}


def normal_address(text: str) -> str:
    """An address in normal form: scheme and host in lower case, without the default port and without a slash at the end."""
    bare = _END.sub("", text.strip())
    try:
        parts = urlsplit(bare)
        host, port = parts.hostname, parts.port
    except ValueError:
        return bare
    if not host:
        return bare
    user, at, _ = parts.netloc.rpartition("@")
    literal = f"[{host}]" if ":" in host else host
    number = f":{port}" if port is not None and port != _PORTS.get(parts.scheme) else ""
    return urlunsplit(parts._replace(netloc=f"{user}{at}{literal}{number}"))


@dataclass(frozen=True, slots=True)
class Pin:
    """What is known about the Canvas that a store belongs to."""

    base_url: str
    root_account_id: int
    account_name: str
    account_id: int | None = None  # None, and no uuid: pinned by an older version
    account_uuid: str | None = None

    @property
    def text(self) -> str:
        """For a sentence."""
        return described(self.base_url, self.account_name, self.account_id)


def described(base_url: str, account_name: str, account_id: int | None) -> str:
    """A Canvas and its account, for a sentence."""
    number = "" if account_id is None else f" (number {account_id})"
    return f'{plain(base_url)}, account "{plain(account_name)}"{number}'


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, each as the end of a sentence beginning "it has", and what proves that it is the same Canvas."""

    differences: tuple[str, ...] = ()
    proof: str = ""  # uuid or numbers; empty: nothing proves it

    @property
    def same(self) -> bool:
        """Whether it is proved to be the same Canvas."""
        return bool(self.proof) and not self.differences


def pin_of(tenant: Tenant, known: Pin | None = None) -> Pin:
    """What to remember about a Canvas; keeps a known uuid if Canvas does not show one."""
    uuid = tenant.account_uuid or (known.account_uuid if known else None)
    return Pin(tenant.base_url, tenant.root_account_id, tenant.account_name, tenant.account_id, uuid)


def compare(pin: Pin, tenant: Tenant) -> Comparison:
    """Compares by uuid and numbers, not by address. A name counts only without a uuid: accounts get renamed."""
    known = bool(pin.account_uuid and tenant.account_uuid)
    differences = []
    if tenant.root_account_id != pin.root_account_id:
        differences.append(f"root account number {tenant.root_account_id} instead of {pin.root_account_id}")
    if pin.account_id is not None and tenant.account_id != pin.account_id:
        differences.append(f"account number {tenant.account_id} instead of {pin.account_id}")
    if known and tenant.account_uuid != pin.account_uuid:
        differences.append("another account uuid")
    if not known and tenant.account_name != pin.account_name:
        differences.append(f'account name "{plain(tenant.account_name)}" instead of "{plain(pin.account_name)}"')
    if (copy := _copy(tenant.base_url)) != (former := _copy(pin.base_url)):
        differences.append(f"the address of {_COPY_NAMES[copy]} instead of {_COPY_NAMES[former]}")
    return Comparison(tuple(differences), "uuid" if known else "")


def _copy(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return next((name for end, name in _COPIES.items() if host.endswith(end)), "")


def compare_numbers(known: Mapping[Key, int], observed: Mapping[Key, int | None]) -> Comparison:
    """Compares Canvas's numbers of our own objects: those in the ledger and those that this Canvas has for the same SIS ids.

    It is the same Canvas if our sub-account and at least one course have the recorded numbers. A missing course proves nothing:
    somebody may have deleted it.
    """
    wrong = tuple(
        f"number {observed[key]} instead of {number} for {key.id}" for key, number in known.items() if _differs(observed[key], number)
    )
    right = {key.kind for key, number in known.items() if observed[key] == number}
    if not wrong and known and not right:
        return Comparison(("nothing of what this store has made",))
    return Comparison(wrong, "numbers" if set(kinds(lambda rule: rule.proves_tenant)) <= right else "")


def _differs(observed: int | None, known: int) -> bool:
    return observed is not None and observed != known
