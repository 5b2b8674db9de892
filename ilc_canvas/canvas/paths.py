"""SIS ids in paths and in bodies."""

from urllib.parse import quote

from ilc_canvas.reconcile.state import Key, Kind

_BY_NUMBER = "canvas:"

_FORMS = {
    Kind.ACCOUNT: "sis_account_id",
    Kind.TERM: "sis_term_id",
    Kind.USER: "sis_user_id",
    Kind.COURSE: "sis_course_id",
    Kind.SECTION: "sis_section_id",
}


def number_in(key: Key) -> int | None:
    """Canvas's number, if the key holds that."""
    return int(key.id.removeprefix(_BY_NUMBER)) if key.id.startswith(_BY_NUMBER) else None


def sis(key: Key) -> str:
    """For a path: quoted whole, since a slash, question mark or percent sign would lead elsewhere (live-client 3.2)."""
    return f"{_FORMS[key.kind]}:{quote(key.id, safe='')}"


def sis_value(key: Key) -> str:
    """For a body, as it is; what has no SIS id goes by its number."""
    number = number_in(key)
    return f"{_FORMS[key.kind]}:{key.id}" if number is None else str(number)


def login_path(login: str) -> str:
    """A person by login, in a path: in hex, so that no character of it means anything there (live-people 2)."""
    return f"hex:sis_login_id:{login.encode().hex()}"
