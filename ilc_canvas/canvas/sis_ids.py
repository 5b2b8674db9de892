"""SIS ids in paths and in bodies."""

from urllib.parse import quote

from ilc_canvas.reconcile.state import Key

_BY_NUMBER = "canvas:"


def number_in(key: Key) -> int | None:
    """Canvas's number, if the key holds that."""
    number = key.id.removeprefix(_BY_NUMBER)
    return int(number) if number != key.id and number.isascii() and number.isdigit() else None


def sis(key: Key) -> str:
    """For a path: quoted whole, since a slash, question mark or percent sign would lead elsewhere (live-client 3.2)."""
    return f"sis_{key.kind}_id:{quote(key.id, safe='')}"


def sis_value(key: Key) -> str:
    """For a body, as it is; what has no SIS id goes by its number."""
    number = number_in(key)
    return f"sis_{key.kind}_id:{key.id}" if number is None else str(number)


def login_path(login: str) -> str:
    """A person by login, in a path: in hex, so that no character of it means anything there (live-people 2)."""
    return f"hex:sis_login_id:{login.encode().hex()}"
