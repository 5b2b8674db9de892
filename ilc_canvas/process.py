"""This process, as the audit log and the lease name it: who runs it, and what time it is."""

import ctypes
import getpass
import os
import resource
import secrets
import socket
import sys
from datetime import UTC, datetime

from ilc_canvas.reconcile.words.plain import plain

_PR_SET_DUMPABLE = 4  # prctl(2)
_MARK = secrets.token_hex(2)


def now() -> datetime:
    """The current time on this machine, in UTC."""
    return datetime.now(UTC)


def actor() -> str:
    """Who runs this command, always on one line. A user without a name is shown by number."""
    try:
        return plain(getpass.getuser())
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def holder() -> str:
    """The name of a lease holder: person, machine, process, and a random mark, since containers can share host names and process ids."""
    return f"{actor()}@{socket.gethostname()}:{os.getpid()}.{_MARK}"


def keep_from_dumps(*, closed: bool) -> None:
    """A process that crashes leaves no picture of its memory, in which the token would be; nor, if it is `closed`, may other programs of
    this user look into it (Linux alone can be told so).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if closed and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
