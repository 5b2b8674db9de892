"""SIS ids in paths and in bodies."""

from urllib.parse import quote

from ilc_canvas.reconcile.state import Key, Kind

_FORMS = {
    Kind.ACCOUNT: "sis_account_id",
    Kind.TERM: "sis_term_id",
    Kind.USER: "sis_user_id",
    Kind.COURSE: "sis_course_id",
    Kind.SECTION: "sis_section_id",
}


def sis(key: Key) -> str:
    """For a path: quoted whole, since a slash, question mark or percent sign would lead elsewhere (live-client 3.2)."""
    return f"{_FORMS[key.kind]}:{quote(key.id, safe='')}"


def sis_value(key: Key) -> str:
    """For a body, as it is."""
    return f"{_FORMS[key.kind]}:{key.id}"


def login_path(login: str) -> str:
    """A person by login, in a path: in hex, so that no character of it means anything there (live-people 2)."""
    return f"hex:sis_login_id:{login.encode().hex()}"
