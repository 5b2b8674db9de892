"""A way by which notices reach somebody."""

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from ilc_canvas.reconcile.notice import Notice


class Channel(Protocol):
    """Mail, webhook, or the log where neither is set."""

    @property
    def name(self) -> str:
        """What the store calls it: mail, webhook, log."""

    @property
    def where(self) -> str:
        """Where it leads, for the screen of the person who set it."""

    def send(self, notice: Notice, at: datetime) -> str:
        """Send a notice that was made at this time; a remark, mostly none. NoticeError where it was not taken."""


def identity(notice: Notice, at: datetime) -> str:
    """Names a notice, however often it is sent: a receiver can tell a repetition from a reminder."""
    return sha256(f"{notice.about}\n{at.isoformat()}".encode()).hexdigest()[:32]
