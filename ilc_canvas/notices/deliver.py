"""Sends a notice through every channel that has not delivered it yet."""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from ilc_canvas.notices.channel import Channel
from ilc_canvas.reconcile.errors import NoticeError
from ilc_canvas.reconcile.run.notice import Notice

log = structlog.get_logger(__name__)
DEADLINE = 20.0
"""Seconds that one channel has in total: a server may answer a byte at a time, and a DNS lookup may never end."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which channels have delivered a notice so far, and remarks from those that failed or delivered it only in part."""

    delivered_to: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    whole: bool = True


class Log:
    """The channel if neither mail nor webhook is set: the notice becomes a line in the log."""

    name = "log"
    where = "the log alone: neither smtp_host nor webhook_url is set"

    def send(self, notice: Notice, at: datetime) -> str:
        """Log it."""
        log.info("notice.logged", kind=notice.kind, subject=notice.subject, lines=list(notice.lines), made_at=at.isoformat())
        return "Neither mail nor webhook is set: it went to the log."


def deliver(
    notice: Notice, channels: Sequence[Channel], *, at: datetime, delivered_to: Collection[str] = (), deadline: float = DEADLINE
) -> Delivery:
    """Send a notice that was made at `at` through each channel except those in `delivered_to`. A channel that fails becomes a remark."""
    delivered, remarks, whole = [*delivered_to], [], True
    for channel in channels:
        if channel.name in delivered:
            continue
        try:
            remarks.append(_within(deadline, channel, lambda channel=channel: channel.send(notice, at)))  # type: ignore[misc]
            delivered.append(channel.name)
        except NoticeError as error:
            remarks.append(str(error))
            whole = False
    return Delivery(tuple(delivered), tuple(remark for remark in remarks if remark), whole)


def _within(seconds: float, channel: Channel, send: Callable[[], str]) -> str:
    """What `send` returns or raises, or NoticeError after this time; the call is then abandoned and does not keep the process alive."""
    answers: list[str] = []
    errors: list[BaseException] = []

    def act() -> None:
        try:
            answers.append(send())
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            errors.append(error)

    thread = threading.Thread(target=act, name=f"notice-{channel.name}", daemon=True)
    thread.start()
    thread.join(seconds)
    for error in errors:
        raise error
    if not answers:
        raise NoticeError(f"The {channel.name} server took longer than {seconds:g} s.")
    return answers[0]
