"""The cast of the reports' tests: the sample year, signed, and attendance of it."""

from pathlib import Path

from tests.cli.conftest import Cli, Said
from tests.e2e.office import SAMPLE, importing
from tests.roster.attendance.cast import attendance_file

YEAR = ("--school-year", "2021-22")


def signed_year(cli: Cli) -> Cli:
    """Roster and calendar of the sample are signed."""
    assert cli(*importing(SAMPLE / "roster_2021-22_final.csv")).code == 0
    assert cli("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    assert cli("calendar", "import", str(SAMPLE / "calendar_2021-22.csv"), *YEAR).code == 0
    assert cli("calendar", "finalize", "--signed-by", "R. Alvarez").code == 0
    return cli


def take_in(cli: Cli, folder: Path, *rows: str, words: tuple[str, ...] = ()) -> Said:
    """These rows of attendance, imported from a file of their own."""
    path = folder / f"attendance{len(list(folder.glob('attendance*')))}.csv"
    path.write_bytes(attendance_file(*rows).data)
    return cli("attendance", "import", str(path), *YEAR, *words)
