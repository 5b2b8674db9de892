"""Reading files that were uploaded: in a process of its own with limits, one at a time."""

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLongError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from ilc_canvas.files import config_path
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.calendar.intake import CalendarIntake, take_calendar
from ilc_canvas.roster.counties import read_counties
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.intake import Files, Intake, Reading, take_files
from ilc_canvas.roster.reading import File

_Upload = TypeVar("_Upload")
_Taken = TypeVar("_Taken")
_MEMORY = 2**30  # bytes
_SECONDS = 60
_ONE = Lock()
_NOT_READ = "These files could not be read: they need more time or memory than such files do. Nothing was stored."


@dataclass(frozen=True, slots=True)
class Upload:
    """The files of a roster."""

    files: Files
    manifest: File | None
    school_year: str
    rules: ReadingRules


@dataclass(frozen=True, slots=True)
class CalendarUpload:
    """The file of a calendar, and the roster of its school year, if one is signed."""

    file: File
    school_year: str
    zone: str
    roster: Roster | None
    rules: ReadingRules


def read_upload(upload: Upload) -> Intake:
    """The roster in these files, with its findings. RosterError if a file is refused as a whole, or reading takes too much."""
    return _in_child(_read, upload)


def read_calendar(upload: CalendarUpload) -> CalendarIntake:
    """The same of a calendar. CalendarError, too."""
    return _in_child(_read_calendar, upload)


def _in_child(take: Callable[[_Upload], _Taken], upload: _Upload) -> _Taken:
    if not _ONE.acquire(timeout=_SECONDS):
        raise RosterError("Other files are being read. Nothing was stored. Try again in a minute.")
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _limit)
    try:
        return pool.submit(take, upload).result(_SECONDS)
    except (BrokenProcessPool, TooLongError, MemoryError) as error:
        raise RosterError(_NOT_READ) from error
    finally:
        _end(pool)
        _ONE.release()


def _end(pool: ProcessPoolExecutor) -> None:
    """A child that still reads is not waited for: its limit of time ends it."""
    pool.shutdown(wait=False, cancel_futures=True)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _read(upload: Upload) -> Intake:
    counties = read_counties(config_path("counties.csv"))
    return take_files(upload.files, upload.manifest, Reading(upload.school_year, counties, upload.rules))


def _read_calendar(upload: CalendarUpload) -> CalendarIntake:
    return take_calendar(upload.file, school_year=upload.school_year, zone=upload.zone, roster=upload.roster, rules=upload.rules)
