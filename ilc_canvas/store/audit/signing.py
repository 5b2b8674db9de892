"""Ed25519 keys: the private one signs heads and is never in the store's tables; public ones check them."""

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ilc_canvas.reconcile.errors import SettingsError, StoreError
from ilc_canvas.reconcile.words.hints import Next

_PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
PublicKeys = Mapping[str, Ed25519PublicKey]
"""By name: several, where an older key signed older heads."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in use."""

    private: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """The first 16 hex digits of the SHA-256 of its raw public key."""
        return name_of(self.private.public_key())

    @property
    def public_pem(self) -> str:
        """What others need to check a signature."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def public_keys(self) -> PublicKeys:
        """Its public half alone."""
        return {self.name: self.private.public_key()}

    def sign(self, text: str) -> str:
        """The signature in base64."""
        return base64.b64encode(self.private.sign(text.encode())).decode()


def name_of(key: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the SHA-256 of the raw key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def signed_by(key: Ed25519PublicKey, text: str, signature: str) -> bool:
    """Whether this is the signature of this text; only its one canonical base64 form counts."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text.encode())
    except (ValueError, InvalidSignature):
        return False
    return base64.b64encode(raw).decode() == signature


def signer_from(pem: str) -> Signer:
    """The key of the setting. SettingsError, which shows none of its content, if it is not one."""
    try:
        private = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # its text may quote what was given: none of it is kept
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise SettingsError("head_key is no Ed25519 private key in PEM without a password. Nothing was done.")
    return Signer(private)


def signer_beside(store: Path) -> Signer:
    """The key in the file beside this store, made once for its owner alone. StoreError if it cannot be read or made."""
    path = Path(f"{store}.key")
    try:
        if not path.exists():
            _make(path)
        return signer_from(path.read_text("utf-8"))
    except OSError as error:
        raise StoreError(f"The key {path}, which signs the heads of the audit log, cannot be used: {error.strerror}.") from error
    except (SettingsError, UnicodeDecodeError):
        raise StoreError(f"The file {path} holds no key. Put it back, or take it away: then a new one is made.") from None


def _make(path: Path) -> None:
    """Whole or absent, also where two processes make it at once: the first one's stays."""
    made = Path(f"{path}.{secrets.token_hex(4)}")
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with open(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(private)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(made, path)
    except FileExistsError:
        return
    finally:
        made.unlink()


def public_keys(path: Path) -> PublicKeys:
    """The public keys in a PEM file. SettingsError if there is none, or one that is not Ed25519."""
    try:
        found = [load_pem_public_key(pem.encode()) for pem in _PUBLIC.findall(path.read_text("utf-8"))]
    except (ValueError, UnsupportedAlgorithm):
        found = []
    keys = {name_of(key): key for key in found if isinstance(key, Ed25519PublicKey)}
    if not keys or len(keys) < len(found):
        raise SettingsError(f"{path} holds no Ed25519 public key in PEM: `{Next.PRINT_KEY}` prints one. Nothing was checked.")
    return keys
