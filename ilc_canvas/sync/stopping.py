"""When failures are a reason to try nothing more: of the run, of a stage, or of what courses hold beside their people."""

from dataclasses import dataclass, field

from ilc_canvas.reconcile.kinds import Kind, plural

IN_A_ROW = 5
"""So many failures without a success in between stop a run; so many without an answer, a stage."""
LEAST, SHARE = 10, 0.2
"""More than this share of all changes stops a run too, once there were at least so many."""


@dataclass
class Stopping:
    """What failed lately, and what is not tried any more because of it."""

    reason: str = ""  # why nothing more is tried: failures, interrupted
    paused: bool = False  # whether nothing more of this stage is tried: Canvas gives no answers to it
    content_ends: bool = False  # whether nothing more is tried of what courses hold beside their people
    away: bool = False  # whether the last failure was Canvas's, and not a no
    unanswered: list[Kind] = field(default_factory=list)  # kinds for which a stage was paused
    in_a_row: int = 0
    content_in_a_row: int = 0

    @property
    def ends_stage(self) -> bool:
        """Whether nothing more of this stage is tried."""
        return bool(self.reason) or self.paused

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each kind of thing to which Canvas gives no answers."""
        return tuple(
            f"Canvas gives no usable answer when {plural(kind)} are written. What it did all the same was looked up; the rest of them, and "
            "what stands in them, waits for the next run."
            for kind in self.unanswered
        )

    def succeeded(self) -> None:
        """Something was done: failures are counted from zero."""
        self.in_a_row = self.content_in_a_row = 0

    def content_failed(self) -> None:
        """Five in a row end it for this run; people do not wait for it."""
        self.content_in_a_row += 1
        if self.content_in_a_row >= IN_A_ROW:
            self.content_ends = self.paused = True

    def failed(self, *, away: bool, failures: int, done: int) -> None:
        """One more, of so many: five in a row stop the run, and so do more than 20 % of 10 or more."""
        self.away = away
        self.in_a_row += 1
        tried = done + failures
        if self.in_a_row >= IN_A_ROW or (tried >= LEAST and failures > SHARE * tried):
            self.reason = "failures"

    def doubted(self, kind: Kind) -> None:
        """One more of this kind without an answer, for now: five in a row end the stage, and with those of another kind the run."""
        self.in_a_row += 1
        if self.in_a_row < IN_A_ROW or self.paused:
            return
        self.paused = True
        if any(other is not kind for other in self.unanswered):
            self.reason, self.away = "failures", True
        if kind not in self.unanswered:
            self.unanswered.append(kind)
