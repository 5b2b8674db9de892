"""Handing a notice to every channel that has not taken it yet."""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from ilc_canvas.notices.channel import Channel
from ilc_canvas.reconcile.errors import NoticeError
from ilc_canvas.reconcile.notice import Notice

log = structlog.get_logger(__name__)
DEADLINE = 20.0
"""Seconds that one channel has in all: a server may answer a byte at a time, and looking up its name may take for ever."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which channels have taken a notice by now, and what the others (or those that took it, in part) have to say."""

    told: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    whole: bool = True


class Log:
    """Where neither mail nor webhook is set: the notice is a line of the log."""

    name = "log"
    where = "the log alone: neither smtp_host nor webhook_url is set"

    def send(self, notice: Notice, at: datetime) -> str:
        """Log it."""
        log.info("notice.logged", kind=notice.kind, subject=notice.subject, lines=list(notice.lines), made_at=at.isoformat())
        return "Neither mail nor webhook is set: it went to the log."


def deliver(
    notice: Notice, channels: Sequence[Channel], *, at: datetime, told: Collection[str] = (), deadline: float = DEADLINE
) -> Delivery:
    """Send a notice that was made at `at` by each channel, but for those in `told`, which have it. A channel that fails is a remark."""
    taken, remarks, whole = [*told], [], True
    for channel in channels:
        if channel.name in taken:
            continue
        try:
            remarks.append(_within(deadline, channel, lambda channel=channel: channel.send(notice, at)))  # type: ignore[misc]
            taken.append(channel.name)
        except NoticeError as error:
            remarks.append(str(error))
            whole = False
    return Delivery(tuple(taken), tuple(remark for remark in remarks if remark), whole)


def _within(seconds: float, channel: Channel, send: Callable[[], str]) -> str:
    """What `send` returns or raises, or NoticeError after so long; it is then left to itself, and does not keep the process alive."""
    answers: list[str] = []
    errors: list[BaseException] = []

    def act() -> None:
        try:
            answers.append(send())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            errors.append(error)

    thread = threading.Thread(target=act, name=f"notice-{channel.name}", daemon=True)
    thread.start()
    thread.join(seconds)
    for error in errors:
        raise error
    if not answers:
        raise NoticeError(f"The {channel.name} server took longer than {seconds:g} s.")
    return answers[0]
