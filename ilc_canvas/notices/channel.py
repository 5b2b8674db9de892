"""A way for notices to reach somebody."""

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from ilc_canvas.reconcile.run.notice import Notice


class Channel(Protocol):
    """Mail, webhook, or the log if neither is set."""

    @property
    def name(self) -> str:
        """What the store calls it: mail, webhook, log."""

    @property
    def where(self) -> str:
        """Where it leads, for the screen of the person who set it up."""

    def send(self, notice: Notice, at: datetime) -> str:
        """Send a notice that was made at this time. Returns a remark, usually empty; NoticeError if it was not accepted."""


def identity(notice: Notice, at: datetime) -> str:
    """Identifies a notice, however often it is sent, so that a receiver can tell a retry from a reminder."""
    return sha256(f"{notice.about}\n{at.isoformat()}".encode()).hexdigest()[:32]
