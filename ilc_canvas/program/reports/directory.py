"""The CDE directory: which schools, districts and counties there are, by CDS code."""

from collections.abc import Mapping
from dataclasses import dataclass

_DISTRICT, _COUNTY = 7, 2  # leading digits of a CDS code
_NO_SCHOOL = "0000000"


@dataclass(frozen=True, slots=True)
class Directory:
    """Names by code."""

    schools: Mapping[str, str]  # 14 digits
    districts: Mapping[str, str]  # 7 digits
    counties: Mapping[str, str]  # 2 digits


def district_code(cds_code: str) -> str:
    """The district in a CDS code: 7 digits."""
    return cds_code[:_DISTRICT]


def county_code(cds_code: str) -> str:
    """The county in a CDS code: 2 digits."""
    return cds_code[:_COUNTY]


def is_district(cds_code: str) -> bool:
    """Whether the code names a district as a whole and no school."""
    return cds_code.endswith(_NO_SCHOOL)
