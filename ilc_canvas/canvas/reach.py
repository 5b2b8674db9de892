"""How our things are reached: by SIS id, or by number where people have taken or changed that; and where sections stand."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ilc_canvas.canvas.sis_ids import sis, sis_value
from ilc_canvas.reconcile.state import Key, Record


@dataclass
class Reach:
    """What the last reading has shown of where things are."""

    by_number: dict[Key, int] = field(default_factory=dict)
    stands_in: dict[Key, int] = field(default_factory=dict)  # sections in another course than their own: the number of that course

    def learn(self, records: Iterable[Record]) -> None:
        """Take note of a reading."""
        for record in records:
            if "known_as" in record.fields and record.handle:
                self.by_number[record.key] = record.handle
            elsewhere = record.fields.get("stands_in")
            if isinstance(elsewhere, int):
                self.stands_in[record.key] = elsewhere

    def path(self, key: Key) -> str:
        """For a path."""
        return str(self.by_number[key]) if key in self.by_number else sis(key)

    def value(self, key: Key) -> str:
        """For a body."""
        return str(self.by_number[key]) if key in self.by_number else sis_value(key)

    def course(self, course: Key, section: Key) -> str:
        """The path of the course in which this section of it stands."""
        return str(self.stands_in[section]) if section in self.stands_in else self.path(course)

    def enrolling(self, course: Key, section: Key) -> str:
        """Where people are enrolled into a section; one that stands in another course takes them itself (contract-core 8.1)."""
        return f"sections/{self.path(section)}" if section in self.stands_in else f"courses/{self.path(course)}"
