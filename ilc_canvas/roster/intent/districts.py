"""The directory of school districts: a name as people write it, and the district that it is, if it is clear which one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ilc_canvas.roster.files.columns import Layout
from ilc_canvas.roster.intent.fields import folded
from ilc_canvas.roster.reading import read_file, read_table

DISTRICTS = Layout("list of districts", ("cds_code", "county", "district"), ("county_code", "type_code", "type", "region_working"))
ALIASES = Layout("list of short names", ("alias", "district_cds"))
_SPELLED = ((r"\busd\b", "unified"), (r"\bst\b", "saint"), (r"\buhsd\b", "union high"), (r"\bhsd\b", "high"), (r"\besd\b", "elementary"))
_SUFFIX = re.compile(r" (?:school district|district|sd|schools)$")


@dataclass(frozen=True, slots=True)
class District:
    """One district."""

    code: str  # 14 digits
    name: str
    county: str


def district_key(name: str) -> str:
    """A name without accents, dots and the words that everybody abbreviates."""
    text = _SUFFIX.sub("", folded(name).replace(".", ""))
    for short, long in _SPELLED:
        text = re.sub(short, long, text)
    return text


def county_key(county: str) -> str:
    """A county without the word."""
    return folded(county).removesuffix(" county")


@dataclass(frozen=True, slots=True)
class Directory:
    """All districts, by name and by the short names that are known."""

    by_name: Mapping[str, tuple[District, ...]]
    by_alias: Mapping[str, District]

    @classmethod
    def of(cls, districts: Iterable[District], aliases: Mapping[str, str]) -> "Directory":
        """With the code of a district by its short name."""
        by_name: defaultdict[str, list[District]] = defaultdict(list)
        by_code = {}
        for district in districts:
            by_name[district_key(district.name)].append(district)
            by_code[district.code] = district
        known = {folded(alias): by_code[code] for alias, code in aliases.items() if code in by_code}
        return cls({name: tuple(found) for name, found in by_name.items()}, known)

    def find(self, written: str, county: str) -> tuple[District, ...]:
        """Those that it may be; with a county, only those in it."""
        alias = self.by_alias.get(folded(written))
        found = (alias,) if alias else self.by_name.get(district_key(written), ())
        return tuple(each for each in found if not county or county_key(each.county) == county_key(county))


def read_directory(districts: Path, aliases: Path) -> Directory:
    """From the two lists. RosterError if they cannot be read."""
    listed = read_table(read_file(districts), DISTRICTS)
    short = read_table(read_file(aliases), ALIASES)
    return Directory.of(
        (District(row.cells["cds_code"].ljust(14, "0"), row.cells["district"], row.cells["county"]) for row in listed.rows),
        {row.cells["alias"]: row.cells["district_cds"] for row in short.rows},
    )
