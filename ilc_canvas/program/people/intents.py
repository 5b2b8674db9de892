"""What people decided about answers to the form of who continues, and whom they reminded of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property


@dataclass(frozen=True, slots=True)
class IntentDecision:
    """One decision about one answer."""

    answer: str  # names the answer by what it says
    decision: str  # continue, leave, guest
    person_id: str = ""  # whose answer it is, if that was in doubt
    cops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody without an answer was reminded on this day."""

    person_id: str
    on: date


@dataclass(frozen=True)
class Intents:
    """All decisions and reminders of one coming school year."""

    school_year: str
    decisions: tuple[IntentDecision, ...] = ()
    reminders: tuple[Reminder, ...] = ()

    @cached_property
    def reminded(self) -> Mapping[str, date]:
        """When each person was reminded last."""
        return {each.person_id: each.on for each in sorted(self.reminders, key=lambda each: each.on)}

    def with_decisions(self, new: Iterable[IntentDecision]) -> "Intents":
        """The same with these decisions, in place of earlier ones about the same answers."""
        by_answer = {each.answer: each for each in (*self.decisions, *new)}
        return Intents(self.school_year, tuple(by_answer[key] for key in sorted(by_answer)), self.reminders)

    def with_reminders(self, people: Iterable[str], on: date) -> "Intents":
        """The same after these people were reminded."""
        every = {*self.reminders, *(Reminder(person_id, on) for person_id in people)}
        return Intents(self.school_year, self.decisions, tuple(sorted(every, key=lambda each: (each.person_id, each.on))))
