"""What a run furnishes courses with: the texts of the installation or of the office, filled with roster and calendar."""

from dataclasses import dataclass
from pathlib import Path

from ilc_canvas.courses.findings import errors
from ilc_canvas.courses.furnish import furnish
from ilc_canvas.courses.shelf import Shelf, read_shelf
from ilc_canvas.courses.values.values import Office
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.content_records import Furnishing, furnished
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import TemplateError
from ilc_canvas.reconcile.words.hints import Next


@dataclass(frozen=True)
class ContentSource:
    """Templates that were read once. Without a shelf nothing is furnished; `fault` says why if that is not by the settings."""

    shelf: Shelf | None
    policy: Policy
    office: Office
    fault: str = ""

    @classmethod
    def read(cls, folder: Path | None, policy: Policy, office: Office) -> "ContentSource":
        """The templates in this folder; none if there is no folder, or if they cannot be used."""
        if folder is None:
            return cls(None, policy, office)
        if not folder.is_dir():
            return cls(None, policy, office, _fault(f"there is no folder {folder}"))
        reading = read_shelf(folder)
        wrong = errors(reading.findings)
        return cls(None, policy, office, _fault(str(wrong[0]))) if wrong else cls(reading.shelf, policy, office)

    def __call__(self, roster: Roster, calendar: Calendar | None) -> Furnishing:
        """What all courses hold beside their people, by this roster and calendar."""
        if self.shelf is None:
            return Furnishing(fault=self.fault)
        try:
            return furnished(furnish(self.shelf, roster, calendar, policy=self.policy, office=self.office))
        except TemplateError as error:
            return Furnishing(fault=_fault(str(error)))


def _fault(why: str) -> str:
    """What a run says that goes on without the texts."""
    first = why.splitlines()[0].rstrip(".")
    return f"The texts of the courses cannot be used ({first}): pages, discussions and modules wait. See what is wrong: {Next.CHECK_TEXTS}"
