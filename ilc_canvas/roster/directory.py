"""The CDE directory of schools and districts, as reports look codes up in it."""

from pathlib import Path

from ilc_canvas.program.reports.directory import Directory, county_code, district_code
from ilc_canvas.roster.files.columns import DISTRICTS, SCHOOLS
from ilc_canvas.roster.reading import read_file, read_table


def read_directory(folder: Path) -> Directory:
    """The directory in this folder: schools.csv and districts.csv. RosterError if one of them cannot be read."""
    districts = read_table(read_file(folder / "districts.csv"), DISTRICTS).rows
    schools = read_table(read_file(folder / "schools.csv"), SCHOOLS).rows
    return Directory(
        schools={row.cells["cds_code"]: row.cells["school"] for row in schools},
        districts={district_code(row.cells["cds_code"]): row.cells["district"] for row in districts},
        counties={county_code(row.cells["cds_code"]): row.cells["county"] for row in districts},
    )
