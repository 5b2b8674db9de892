"""What to do next, as a code within a sentence: the terminal puts it into a command to type, a web page into a link."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

Words = Callable[[str], str]
"""Puts every hint of a text into words."""


class Next(StrEnum):
    """A next step, as it stands in a sentence: ‹plan›, or with what it is about ‹show-run 3›."""

    ACCEPT_STORE = "‹accept-store›"
    APPROVE_PLAN = "‹approve-plan›"  # digest, and the words that the plan was made for
    ASK_ABOUT_PERSON = "‹ask-about-person›"  # person
    ASK_AGAIN_FOR_SYNC = "‹ask-again-for-sync›"
    ASK_WHETHER_SAME = "‹ask-whether-same›"  # old id, new id
    AUDIT_LOG = "‹audit-log›"
    BACK_UP_STORE = "‹back-up-store›"
    CREATE_STORE = "‹create-store›"
    DECLINED = "‹declined›"
    DOCTOR = "‹doctor›"
    EXPLAIN_PERSON = "‹explain-person›"  # person
    FINALIZE_DOCUMENT = "‹finalize-document›"  # roster
    IMPORT_DOCUMENT = "‹import-document›"  # roster
    LEAVE_CANVAS = "‹leave-canvas›"
    MOVE_STORE = "‹move-store›"
    NOT_THE_SAME = "‹not-the-same›"  # old id, new id
    NOTE_NEW_ID = "‹note-new-id›"  # old id, new id
    PARKED = "‹parked›"
    PLAN = "‹plan›"
    PRINT_KEY = "‹print-key›"
    REJECT_PLAN = "‹reject-plan›"  # digest
    RELEASE = "‹release›"
    REPAIR = "‹repair›"  # the words of a person or course
    RESTORE_STORE = "‹restore-store›"
    RESUME = "‹resume›"
    REVIEW_PEOPLE = "‹review-people›"
    ROSTERS = "‹rosters›"
    RUNS = "‹runs›"
    SAME_PERSON = "‹same-person›"  # old id, new id
    SHOW_DOCUMENT = "‹show-document›"  # roster, version
    SHOW_RUN = "‹show-run›"  # number
    SIGN_DRAFT = "‹sign-draft›"  # roster, version, and the digest of its files if there is one
    STATUS = "‹status›"
    SYNC = "‹sync›"
    TAKE_BACK_ID = "‹take-back-id›"  # old id, new id
    TWO_PEOPLE = "‹two-people›"  # old id, new id
    UPGRADE_STORE = "‹upgrade-store›"
    VERIFY_LOG = "‹verify-log›"

    def of(self, *about: object) -> str:
        """The same, with what it is about."""
        words = " ".join(str(each).replace("‹", "<").replace("›", ">") for each in about if each != "")
        return f"{self[:-1]} {words}›"


_HINT = re.compile(r"(‹[a-z-]+)(?: ([^‹›]*))?›")


def put(text: str, steps: Mapping[Next, Callable[[str], str]]) -> str:
    """The text with each hint in the words of its step, which is given what the hint is about."""

    def word(found: re.Match[str]) -> str:
        code = f"{found[1]}›"
        return steps[Next(code)](found[2] or "") if code in steps else found[0]

    return _HINT.sub(word, text)


def put_in(value: object, words: Words) -> object:
    """The same value, with the hints of every text in it put into words."""
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {key: put_in(each, words) for key, each in value.items()}
    return [put_in(each, words) for each in value] if isinstance(value, list | tuple) else value
