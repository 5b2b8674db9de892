"""One-time codes of an authenticator (TOTP, 30 seconds)."""

from datetime import datetime

import pyotp
from pyotp.utils import strings_equal

_ISSUER = "ILC courses"


def new_secret() -> str:
    """What the codes of a new account are made from."""
    return pyotp.random_base32()


def uri_of(secret: str, name: str) -> str:
    """The address that an authenticator takes."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Which half minute this code is of, the last, this or the next one; None if it is wrong, or nothing could make a right one."""
    if not secret:
        return None
    totp, typed = pyotp.TOTP(secret), "".join(code.split())
    now = totp.timecode(at)
    return next((step for step in (now, now - 1, now + 1) if strings_equal(totp.generate_otp(step), typed)), None)
