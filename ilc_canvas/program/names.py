"""SIS ids from codes only, and names that people can read."""

from ilc_canvas.program.roster import Cop, Team
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key

LONGEST = 255  # Canvas refuses a longer name of a course or section (live-server 6)


def scope(prefix: str, school_year: str) -> str:
    """ilc:2021-22"""
    return f"{prefix}:{school_year}"


def people_prefix(prefix: str) -> str:
    """ilc:p: is what the SIS ids of people begin with, in every school year."""
    return f"{prefix}:p:"


def user_key(prefix: str, person_id: str) -> Key:
    """ilc:p:ILC-0001"""
    return Key(Kind.USER, f"{people_prefix(prefix)}{person_id}")


def course_key(scope: str, *parts: str) -> Key:
    """ilc:2021-22:cop:EQ, :net:R1, :pilot:P417 or :hub"""
    return Key(Kind.COURSE, ":".join((scope, *parts)))


def is_cop(course: Key) -> bool:
    """Whether this is the course of a COP."""
    return course.id.rpartition(":")[0].endswith(":cop")


def section_key(course: Key, code: str) -> Key:
    """ilc:2021-22:cop:EQ:R1"""
    return Key(Kind.SECTION, f"{course.id}:{code}")


REGION_CODES = {"I": "R1", "II": "R2", "III": "R3", "IV": "R4"}


def region_code(region: str) -> str:
    """R1 for Region I; Canvas ids take the Arabic digit."""
    return REGION_CODES[region]


def cop_name(cop: Cop) -> str:
    """Equity & Justice in Every Classroom (2021-22), cut to what Canvas takes."""
    return _dated(cop.title, cop.school_year)


def network_name(region: str, school_year: str) -> str:
    """Region I Network (2021-22)"""
    return _dated(f"Region {region} Network", school_year)


def pilot_name(team: Team, school_year: str) -> str:
    """Start-up: Lakeport Unified Team (2021-22)"""
    return _dated(f"Start-up: {team.name}", school_year)


def hub_name(school_year: str) -> str:
    """ILC Virtual Hub (2021-22)"""
    return _dated("ILC Virtual Hub", school_year)


def _dated(title: str, school_year: str) -> str:
    end = f" ({school_year})"
    return title[: LONGEST - len(end)] + end
