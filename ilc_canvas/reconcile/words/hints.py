"""What to do next, as a code within a sentence: the terminal turns it into a command to type, a web page into a link."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

Words = Callable[[str], str]
"""Replaces every hint in a text with words."""


class Next(StrEnum):
    """A next step as written in a sentence: ‹plan›, or with arguments: ‹show-run 3›."""

    ACCEPT_STORE = "‹accept-store›"
    APPROVE_PLAN = "‹approve-plan›"  # digest, and the words that the plan is limited to
    ASK_ABOUT_PERSON = "‹ask-about-person›"  # person
    ASK_AGAIN_FOR_SYNC = "‹ask-again-for-sync›"
    ASK_WHETHER_SAME = "‹ask-whether-same›"  # old id, new id
    ATTENDANCES = "‹attendances›"
    AUDIT_LOG = "‹audit-log›"
    BACK_UP_STORE = "‹back-up-store›"
    CALENDARS = "‹calendars›"
    CHECK_TEXTS = "‹check-texts›"
    CONFIRM_ADMINISTRATOR = "‹confirm-administrator›"  # person, number of the account
    CLAIM_CANVAS = "‹claim-canvas›"
    CREATE_STORE = "‹create-store›"
    DECLINED = "‹declined›"
    DRIFT = "‹drift›"
    DOCTOR = "‹doctor›"
    EXPLAIN_PERSON = "‹explain-person›"  # person
    FIND_PERSON = "‹find-person›"
    FINALIZE_DOCUMENT = "‹finalize-document›"  # roster
    IMPORT_DOCUMENT = "‹import-document›"  # roster
    LEAVE_CANVAS = "‹leave-canvas›"
    MOVE_STORE = "‹move-store›"
    NOT_THE_SAME = "‹not-the-same›"  # old id, new id
    NOTE_NEW_ID = "‹note-new-id›"  # old id, new id
    PARKED = "‹parked›"
    PLAN = "‹plan›"
    PRINT_KEY = "‹print-key›"
    READY = "‹ready›"
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

    def of(self, *arguments: object) -> str:
        """The same step with its arguments."""
        words = " ".join(str(each).replace("‹", "<").replace("›", ">") for each in arguments if each != "")
        return f"{self[:-1]} {words}›"


_HINT = re.compile(r"(‹[a-z-]+)(?: ([^‹›]*))?›")


def put(text: str, steps: Mapping[Next, Callable[[str], str]]) -> str:
    """The text with each hint replaced by its step's words; `steps` are called with the hint's arguments."""

    def word(match: re.Match[str]) -> str:
        code = f"{match[1]}›"
        return steps[Next(code)](match[2] or "") if code in steps else match[0]

    return _HINT.sub(word, text)


def put_in(value: object, words: Words) -> object:
    """The same value with the hints in all of its texts replaced by words."""
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {key: put_in(each, words) for key, each in value.items()}
    return [put_in(each, words) for each in value] if isinstance(value, list | tuple) else value
