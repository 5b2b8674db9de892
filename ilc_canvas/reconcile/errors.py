"""What can stop a run, as one tree.

IlcError                    everything we raise on purpose; its text is written for a person
├── RosterError             the roster cannot be used: not finalized, contradictory, refused
│   └── RosterHeldError     it shrinks so much that a second person must agree
├── CalendarError           the calendar cannot be used: not finalized, contradictory, refused
├── AttendanceError         the attendance cannot be used: not recorded, or it belongs to no calendar
├── SettingsError           a setting is missing, misspelled or impossible
├── StoreError              the store cannot be read or written
│   ├── SchemaError         its schema is older or newer than this program
│   ├── ChainError          the audit log does not verify
│   └── LeaseError          another worker holds the lease, or ours has run out
├── QuarantineError         nothing is written until the trouble has passed or a person says so
├── RecoveryError           what dead runs left unfinished could not be settled, several times
├── PausedError             a person, or the calendar, has paused all writing
├── SyncRequestError        a run was requested already, or cannot be cancelled
├── NoticeError             a notice could not be sent; it is tried again later
├── UnforeseenError         an unexpected error, reported by its type and location
├── ApprovalError           the digest is unknown, used up, too old, or not the current plan's
├── OutrunError             somebody else has decided it since it was shown
├── AccountError            an account of the console cannot be made or changed
├── SignInError             somebody who came by way of another sign-in is not let in
├── DecisionError           a decision about people cannot be recorded (actions/identities.py lists every reason)
├── EndedError              new enrollments would go into a term or course that has ended by Canvas's clock
└── CanvasError             Canvas could not be asked, or said no
    ├── UnavailableError    no usable answer: try again later
    ├── IncompleteError     a listing is incomplete, so nothing may be concluded from it
    ├── RefusedError        the answer was no, and would be again
    │   ├── MissingRightError   the token lacks a right (or Canvas silently dropped a field)
    │   └── TokenError      the token itself is refused: the run stops
    ├── WrongTenantError    not the Canvas that this store belongs to
    │   └── OtherStoreError     another store keeps the courses there
    └── InDoubtError        a write got no answer: it may have happened
"""

from collections.abc import Iterator
from contextlib import contextmanager


class IlcError(Exception):
    """Everything this program raises on purpose."""


class RosterError(IlcError):
    """The roster cannot be used."""


class RosterHeldError(RosterError):
    """The roster shrinks so much that a second person must agree."""


class CalendarError(IlcError):
    """The calendar cannot be used."""


class AttendanceError(IlcError):
    """The attendance cannot be used."""


class TemplateError(IlcError):
    """The texts of the courses cannot be used."""


class SettingsError(IlcError):
    """A setting is missing, misspelled or impossible."""


class StoreError(IlcError):
    """The store cannot be read or written."""


class SchemaError(StoreError):
    """The store's schema is older or newer than this program."""


class ChainError(StoreError):
    """The audit log does not verify."""


class LeaseError(StoreError):
    """Another worker holds the lease, or ours has run out."""


class QuarantineError(IlcError):
    """Nothing is written until the trouble has passed or a person says so."""


class RecoveryError(IlcError):
    """What dead runs left unfinished could not be settled, several times."""


class PausedError(IlcError):
    """A person, or the calendar, has paused all writing."""


class SyncRequestError(IlcError):
    """A run was requested already, or cannot be cancelled."""


class NoticeError(IlcError):
    """A notice could not be sent; it is tried again later."""


class UnforeseenError(IlcError):
    """An unexpected error, reported by its type and location: its own text may contain a name or an address."""

    logged = False  # whether its trace is in the log


class ApprovalError(IlcError):
    """The digest is unknown, used up, too old, or not the current plan's."""


class OutrunError(IlcError):
    """Somebody else has decided it since it was shown: nothing was changed."""


class AccountError(IlcError):
    """An account of the console cannot be made or changed."""


class SignInError(IlcError):
    """Somebody who came by way of another sign-in is not let in: `code` for the log, the text for whoever it is."""

    def __init__(self, code: str, text: str, *, subject: str = "") -> None:
        super().__init__(text)
        self.code, self.subject = code, subject


class DecisionError(IlcError):
    """A decision about people cannot be recorded."""


class EndedError(IlcError):
    """New enrollments would go into a term or course that has ended by Canvas's clock."""


class CanvasError(IlcError):
    """Canvas could not be asked, or said no."""


class UnavailableError(CanvasError):
    """No usable answer; try again later."""


class IncompleteError(CanvasError):
    """A listing is incomplete, so nothing may be concluded from it."""


class RefusedError(CanvasError):
    """The answer was no, and would be again."""


class MissingRightError(RefusedError):
    """The token lacks a right, or Canvas silently dropped a field."""


class TokenError(RefusedError):
    """The token itself is refused."""


class WrongTenantError(CanvasError):
    """Not the Canvas that this store belongs to."""


class OtherStoreError(WrongTenantError):
    """Another store keeps the courses that are there."""


class InDoubtError(CanvasError):
    """A write got no answer: it may have happened."""


@contextmanager
def foreseen() -> Iterator[None]:
    """Turns any error inside into an IlcError."""
    try:
        yield
    except Exception as error:
        result = understood(error)
        if result is error:
            raise
        raise result from error


def understood(error: Exception) -> IlcError:
    """The error itself if it is an IlcError, otherwise an UnforeseenError that describes it."""
    if isinstance(error, IlcError):
        return error
    why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return UnforeseenError(
        f"An unexpected error stopped it: {type(error).__name__}{why}{_location(error)}. "
        "Please report this sentence, with the trace in the log."
    )


def _location(error: Exception) -> str:
    """The last place in our own code that the error passed through."""
    place, trace = "", error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename.replace("\\", "/")
        if "/ilc_canvas/" in file:
            place = f" in {file.rpartition('/ilc_canvas/')[2]}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
