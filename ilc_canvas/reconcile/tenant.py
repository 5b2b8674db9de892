"""Whether a Canvas is the one that a store knows: by the account's own identifiers, whatever its address is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from ilc_canvas.reconcile.kinds import kinds
from ilc_canvas.reconcile.run import Tenant
from ilc_canvas.reconcile.state import Key

_END = re.compile(r"[\s/]+$")
_PORTS = {"https": 443, "http": 80}
_COPIES = {".beta.instructure.com": "beta", ".test.instructure.com": "test"}
"""Copies of a Canvas for trying things out: they have all identifiers of the original."""
_COPY_NAMES = {"beta": "a beta copy", "test": "a test copy", "": "an original"}


def normal_address(text: str) -> str:
    """An address in its one spelling: scheme and host in lower case, without the scheme's own port and without a slash at the end."""
    bare = _END.sub("", text.strip())
    try:
        parts = urlsplit(bare)
        host, port = parts.hostname, parts.port
    except ValueError:
        return bare
    if not host:
        return bare
    user, at, _ = parts.netloc.rpartition("@")
    named = f"[{host}]" if ":" in host else host
    number = f":{port}" if port is not None and port != _PORTS.get(parts.scheme) else ""
    return urlunsplit(parts._replace(netloc=f"{user}{at}{named}{number}"))


@dataclass(frozen=True, slots=True)
class Pin:
    """The Canvas to which a store belongs, as far as it is known."""

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
    return f'{base_url}, account "{account_name}"{number}'


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, each as the end of a sentence that begins with "it has"; and what proves that it is the same Canvas."""

    differences: tuple[str, ...] = ()
    proof: str = ""  # uuid, numbers; empty: nothing has proved it

    @property
    def same(self) -> bool:
        """Whether it is the same Canvas, proved."""
        return bool(self.proof) and not self.differences


def pin_of(tenant: Tenant, known: Pin | None = None) -> Pin:
    """What there is to remember of a Canvas; a uuid that is known already stays where Canvas does not show it."""
    uuid = tenant.account_uuid or (known.account_uuid if known else None)
    return Pin(tenant.base_url, tenant.root_account_id, tenant.account_name, tenant.account_id, uuid)


def compare(pin: Pin, tenant: Tenant) -> Comparison:
    """By uuid and numbers, whatever the address. A name counts only without a uuid: accounts are renamed."""
    known = bool(pin.account_uuid and tenant.account_uuid)
    differences = []
    if tenant.root_account_id != pin.root_account_id:
        differences.append(f"root account number {tenant.root_account_id} instead of {pin.root_account_id}")
    if pin.account_id is not None and tenant.account_id != pin.account_id:
        differences.append(f"account number {tenant.account_id} instead of {pin.account_id}")
    if known and tenant.account_uuid != pin.account_uuid:
        differences.append("another account uuid")
    if not known and tenant.account_name != pin.account_name:
        differences.append(f'account name "{tenant.account_name}" instead of "{pin.account_name}"')
    if (copy := _copy(tenant.base_url)) != (former := _copy(pin.base_url)):
        differences.append(f"the address of {_COPY_NAMES[copy]} instead of {_COPY_NAMES[former]}")
    return Comparison(tuple(differences), "uuid" if known else "")


def _copy(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return next((name for end, name in _COPIES.items() if host.endswith(end)), "")


def compare_numbers(kept: Mapping[Key, int], found: Mapping[Key, int | None]) -> Comparison:
    """By Canvas's numbers of our own objects, as the ledger keeps them and as this Canvas has them under the same SIS ids.

    The same where our sub-account and at least one course have the numbers that were kept. A course that is not found proves nothing:
    somebody may have deleted it.
    """
    wrong = tuple(f"number {found[key]} instead of {number} for {key.id}" for key, number in kept.items() if _other(found[key], number))
    right = {key.kind for key, number in kept.items() if found[key] == number}
    if not wrong and kept and not right:
        return Comparison(("nothing of what this store has made",))
    return Comparison(wrong, "numbers" if set(kinds(lambda rule: rule.proves_tenant)) <= right else "")


def _other(found: int | None, kept: int) -> bool:
    return found is not None and found != kept
