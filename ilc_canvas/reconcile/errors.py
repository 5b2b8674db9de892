"""What can stop a run, as one tree.

IlcError                    everything we raise on purpose; its text is written for a person
├── RosterError             the roster cannot be used: not finalized, contradictory, refused
│   └── RosterHeldError     it shrinks so much that a second person must agree
├── SettingsError           a setting is missing, misspelt or impossible
├── StoreError              the store cannot be read or written
│   ├── SchemaError         its schema is older or newer than this program
│   ├── ChainError          the audit log does not verify
│   └── LeaseError          another worker holds the lease, or ours has run out
├── QuarantineError         nothing is written until the trouble is over, or a person says so
├── RecoveryError           what dead runs left open could not be settled, several times
├── PausedError             a person, or the calendar, wants nothing to be written now
├── WishError               a run that is asked for already, or cannot be cancelled
├── NoticeError             a notice could not be sent: it is tried again later
├── UnforeseenError         an error that nobody foresaw, told by its kind and place
├── ApprovalError           the digest is unknown, spent, too old, or not that of the present plan
├── DecisionError           what somebody decided about people cannot be noted (actions/identities.py: every reason)
├── EndedError              new enrollments would go into a term or course that is over by Canvas's clock
└── CanvasError             Canvas could not be asked, or said no
    ├── UnavailableError    no usable answer: try again later
    ├── IncompleteError     a listing is not whole, so nothing may be concluded from it
    ├── RefusedError        the answer was no, and would be no again
    │   ├── MissingRightError   the token lacks a right (or Canvas dropped a field without a word)
    │   └── TokenError      the token itself is refused: the run stops
    ├── WrongTenantError    another Canvas than the one this store belongs to
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


class SettingsError(IlcError):
    """A setting is missing, misspelt or impossible."""


class StoreError(IlcError):
    """The store cannot be read or written."""


class SchemaError(StoreError):
    """The store's schema is older or newer than this program."""


class ChainError(StoreError):
    """The audit log does not verify."""


class LeaseError(StoreError):
    """Another worker holds the lease, or ours has run out."""


class QuarantineError(IlcError):
    """Nothing is written until the trouble is over, or a person says so."""


class RecoveryError(IlcError):
    """What dead runs left open could not be settled, several times."""


class PausedError(IlcError):
    """A person, or the calendar, wants nothing to be written now."""


class WishError(IlcError):
    """A run that is asked for already, or cannot be cancelled."""


class NoticeError(IlcError):
    """A notice could not be sent; it is tried again later."""


class UnforeseenError(IlcError):
    """An error that nobody foresaw, told by its kind and place: its own text may hold what it was about, a name or an address."""

    logged = False  # whether its trace is in the log


class ApprovalError(IlcError):
    """The digest is unknown, spent, too old, or not that of the present plan."""


class DecisionError(IlcError):
    """What somebody decided about people cannot be noted."""


class EndedError(IlcError):
    """New enrollments would go into a term or course that is over by Canvas's clock."""


class CanvasError(IlcError):
    """Canvas could not be asked, or said no."""


class UnavailableError(CanvasError):
    """No usable answer; try again later."""


class IncompleteError(CanvasError):
    """A listing is not whole, so nothing may be concluded from it."""


class RefusedError(CanvasError):
    """The answer was no, and would be no again."""


class MissingRightError(RefusedError):
    """The token lacks a right, or Canvas dropped a field without a word."""


class TokenError(RefusedError):
    """The token itself is refused."""


class WrongTenantError(CanvasError):
    """Another Canvas than the one this store belongs to."""


class InDoubtError(CanvasError):
    """A write got no answer: it may have happened."""


@contextmanager
def foreseen() -> Iterator[None]:
    """Whatever goes wrong inside is an IlcError afterwards."""
    try:
        yield
    except Exception as error:
        told = understood(error)
        if told is error:
            raise
        raise told from error


def understood(error: Exception) -> IlcError:
    """The error itself, or what is told of one that nobody foresaw."""
    if isinstance(error, IlcError):
        return error
    why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return UnforeseenError(
        f"An error that nobody foresaw stopped it: {type(error).__name__}{why}{_place(error)}. "
        "Please report this sentence, with the trace in the log."
    )


def _place(error: Exception) -> str:
    """The last place of ours that it came through."""
    place, trace = "", error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename.replace("\\", "/")
        if "/ilc_canvas/" in file:
            place = f" in {file.rpartition('/ilc_canvas/')[2]}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
