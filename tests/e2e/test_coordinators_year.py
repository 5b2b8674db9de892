"""A coordinator's year: some seventy commands, from an empty store to a second school year, and what each of them says."""

from pathlib import Path

import pytest

from tests.e2e.office import Office
from tests.e2e.small_programme import Programme, first_programme
from tests.e2e.telling import Telling, kept
from tests.stores import in_a_file

pytestmark = [pytest.mark.timeout(600), in_a_file]
KEPT = Path(__file__).with_suffix(".txt")


class Coordinator:
    """What a coordinator does over and over, and how others reach things in Canvas by hand."""

    def __init__(self, telling: Telling) -> None:
        self.telling, self.office, self.version = telling, telling.office, 0
        self.programme = first_programme()

    def sign(self, programme: Programme | None = None) -> None:
        """Import and finalize the next version."""
        self.programme = programme or self.programme
        self.version += 1
        self.telling.run(*self.programme.write(self.office.folder / f"v{self.version}"))
        self.telling.run("roster", "finalize", "--signed-by", "R. Alvarez")

    def plan(self, code: int = 3, *words: str) -> str:
        """Look at a plan; its digest."""
        return self.telling.digest(self.telling.run("plan", *words, code=code))

    def approve(self, digest: str) -> None:
        """Permit a plan, and do it."""
        self.telling.run("sync", "--approve", digest, "--reason", "as planned")

    def last_run(self) -> int:
        """The number of the newest run."""
        return int(self.office.json("runs").value[0]["run"])

    def course(self, code: str) -> int:
        """A course of this school year, by number."""
        return self._number("courses", "sis_course_id", f"ilc:2021-22:{code}")

    def section(self, code: str) -> int:
        """A section of this school year, by number."""
        return self._number("sections", "sis_section_id", f"ilc:2021-22:{code}")

    def user(self, person_id: str) -> int:
        """A person's account, by number."""
        return self._number("users", "sis_user_id", f"ilc:p:{person_id}")

    def enrollment(self, person_id: str, section: str) -> int:
        """A person's place in a section, by number."""
        user, number = self.user(person_id), self.section(section)
        rows = self.office.sandbox.state()["enrollments"]
        return next(int(row["id"]) for row in rows if (row["user_id"], row["course_section_id"]) == (user, number))

    def _number(self, kind: str, name: str, sis_id: str) -> int:
        return next(int(row["id"]) for row in self.office.sandbox.state()[kind] if row[name] == sis_id)


def first_day(ana: Coordinator) -> None:
    """A new store, the first roster, the first plan, the first fill."""
    ana.telling.tell("AUGUST: A NEW STORE, THE FIRST ROSTER, THE FIRST PLAN")
    ana.telling.run("status", code=1)
    ana.telling.run("db", "create")
    ana.telling.run("status")
    ana.sign()
    ana.telling.run("roster", "show")
    digest = ana.plan()
    ana.telling.run("sync", code=3)
    ana.approve(digest)
    ana.telling.run("sync")
    ana.telling.run("status")
    ana.telling.run("runs")
    ana.telling.run("explain", "p02")


def edits_by_hand(ana: Coordinator) -> None:
    """What facilitators do in Canvas stays, and is reported."""
    ana.telling.tell("SEPTEMBER: A FACILITATOR RENAMES HER COURSE AND A SECTION, TAKES CHLOE TRAN OUT, AND ADDS HUGO MARSH BY HAND")
    course, section = ana.course("cop:EQ"), ana.section("cop:EQ:R2")
    ana.office.put(f"courses/{course}", course={"name": "Equity, our way"})
    ana.office.put(f"sections/{section}", course_section={"name": "The Second Region"})
    ana.office.delete(f"courses/{course}/enrollments/{ana.enrollment('P03', 'cop:EQ:R1')}", task="deactivate")
    ana.office.post(f"sections/{section}/enrollments", enrollment={"user_id": ana.user("P08"), "enrollment_state": "active"})
    ana.telling.run("plan")
    ana.telling.run("sync")
    ana.telling.run("status")
    ana.telling.run("explain", "Chloe Tran", "cop:EQ")


def partial_approval(ana: Coordinator) -> None:
    """Half of a plan is approved; the other half stays undone."""
    ana.telling.tell("OCTOBER: AN AMENDED ROSTER; ANA WANTS ITS CHANGES, BUT NOT YET THOSE OF ONE COP")
    amended = ana.programme.left("P07").person("P06", cop_facilitator="SEL", cop_participant="").person("P10", cop_participant="EQ")
    amended = amended.joined("P15", "Omar Said", cop_participant="EQ").cop("SEL", facilitator_ids="P14;P06")
    ana.sign(amended)
    ana.telling.run("roster", "diff", "1", "2")
    digest = ana.plan()
    ana.telling.run("approve", digest, "--except", "cop:SEL", "--reason", "SEL is not ready")
    ana.telling.run("sync")
    ana.telling.run("status")
    ana.telling.run("declined")
    ana.telling.run("sync")
    ana.telling.run("explain", "P06", "cop:SEL")


def second_thoughts(ana: Coordinator) -> None:
    """A decline is taken back, the plan is declined as a whole, and then approved after all."""
    ana.telling.tell("NOVEMBER: SECOND THOUGHTS")
    ana.telling.run("declined", "forget", "cop:SEL", "--reason", "SEL is ready")
    digest = ana.plan()
    ana.telling.run("reject", digest, "--reason", "not before the holidays")
    ana.telling.run("plan")
    ana.telling.run("approve", digest, code=1)
    ana.telling.run("approve", digest, "--reason", "they asked again")
    ana.telling.run("sync")


def taken_back(ana: Coordinator) -> None:
    """A run is undone, and stays so until somebody says otherwise."""
    ana.telling.tell("NOVEMBER: THE LAST RUN IS TAKEN BACK")
    ana.telling.run("undo", "99", code=1)
    number = str(ana.last_run())
    digest = ana.telling.digest(ana.telling.run("undo", number, code=2))
    ana.telling.run("undo", number, "--approve", digest, "--reason", "too early")
    ana.telling.run("plan")
    ana.telling.run("status")
    ana.approve(ana.telling.digest(ana.telling.run("sync", "--redo", code=3)))


def concluded_and_reopened(ana: Coordinator) -> None:
    """A COP is cancelled, with one who was added by hand in it, and comes back."""
    ana.telling.tell("JANUARY: A COP IS CANCELLED; BEN OKAFOR WAS ADDED TO IT BY HAND")
    section = ana.section("cop:SEL:R1")
    ana.office.post(f"sections/{section}/enrollments", enrollment={"user_id": ana.user("P02"), "enrollment_state": "active"})
    ana.sign(ana.programme.cop("SEL", status="cancelled"))
    digest = ana.plan()
    ana.approve(digest)
    ana.telling.run("status")
    ana.telling.tell("FEBRUARY: IT COMES BACK")
    ana.sign(ana.programme.cop("SEL", status="active"))
    digest = ana.plan()
    ana.approve(digest)
    ana.telling.run("sync")


def another_id(ana: Coordinator) -> None:
    """Somebody has a new id, and is the same person."""
    ana.telling.tell("MARCH: HUMAN RESOURCES GIVES P09 A NEW ID")
    changed = ana.programme.renumbered("P09", "P90")
    ana.version += 1
    ana.telling.run(*changed.write(ana.office.folder / f"v{ana.version}"), code=1)
    ana.telling.run("roster", "rekey", "P09", "P90", "--reason", "new number, same person")
    ana.sign(changed)
    ana.telling.run("plan", code=2)
    ana.telling.run("sync")


def put_back(ana: Coordinator) -> None:
    """Changes made by hand are put back where somebody asks for it, and nowhere else."""
    ana.telling.tell("APRIL: THE FACILITATOR OF EQ WANTS HER COURSE AS IT WAS")
    ana.telling.run("sync", "--only", "cop:EQ", "--repair", code=64)
    ana.telling.run("plan", "--only", "cop:EQ", "--repair", code=2)
    ana.telling.run("sync", "--only", "cop:EQ", "--repair", "--reason", "she asked for it")
    ana.telling.run("plan")


def second_year(ana: Coordinator) -> None:
    """The roster of the next school year is signed while this one goes on."""
    ana.telling.tell("JULY: THE NEXT SCHOOL YEAR IS SIGNED, AND A CORRECTION OF THIS ONE")
    this_year = ana.programme
    ana.sign(this_year.next_year())
    ana.approve(ana.plan(3, "--school-year", "2022-23"))
    ana.sign(this_year.left("P11"))
    ana.telling.run("status")
    ana.approve(ana.plan(3, "--school-year", "2021-22"))
    ana.telling.run("sync")
    ana.telling.run("status")


def the_log(ana: Coordinator) -> None:
    """What was done, by whom and why; and somebody is forgotten."""
    ana.telling.tell("JULY: WHO DID WHAT, AND SOMEBODY WANTS TO BE FORGOTTEN")
    ana.telling.run("audit", "list", "--limit", "10")
    ana.telling.run("audit", "list", "--person", "P07")
    ana.telling.run("audit", "verify")
    ana.telling.run("audit", "erase", "P99", "--yes", "--reason", "asked for it", code=1)
    ana.telling.run("audit", "erase", "P07", "--yes", "--reason", "asked for it")
    ana.telling.run("audit", "verify")


CHAPTERS = (
    first_day,
    edits_by_hand,
    partial_approval,
    second_thoughts,
    taken_back,
    concluded_and_reopened,
    another_id,
    put_back,
    second_year,
    the_log,
)


def test_year_reads_as_kept(tmp_path: Path) -> None:
    """Every command of the year says what is kept in the file beside this one, word for word but for times and addresses."""
    with Office(tmp_path, STORE=f"sqlite:///{tmp_path}/office/store.db", IN_FLIGHT="1") as office:
        office.environment["LOGNAME"] = "ana"
        ana = Coordinator(Telling(office))
        for chapter in CHAPTERS:
            chapter(ana)
        text = ana.telling.text()
    assert text == kept(KEPT, text)
