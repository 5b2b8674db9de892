"""Files of a roster, and how a browser uploads them."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence

import requests

from ilc_canvas.console.security.tokens import form_token
from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS
from tests.cli.people_cast import Row
from tests.console.cast import Browser

TEAM = {"team_id": "T1", "team_name": "Alder Team", "component": "network", "region": "I", "lead_ids": "P1"}
EQUITY = {
    "cop_code": "EQ", "school_year": "2021-22", "title": "Equity", "status": "active", "open_to_guests": "yes",
    "start_date": "2021-10-05", "end_date": "2022-04-30", "facilitator_ids": "P5",
}  # fmt: skip


def table(columns: Collection[str], entries: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue().encode()


def files_of(people: Sequence[Row], **more: bytes) -> dict[str, tuple[str, bytes]]:
    columns = list(dict.fromkeys([*ROSTER.required, *(name for row in people for name in row)]))
    made = {"roster": table(columns, people), "teams": table(TEAMS.required, [TEAM]), "cops": table(COPS.required, [EQUITY]), **more}
    return {name: (f"{name}.csv", data) for name, data in made.items()}


def check(browser: Browser, files: Mapping[str, tuple[str, bytes]], year: str = "2021-22") -> requests.Response:
    fields = {"form_token": form_token(browser.token), "school_year": year}
    return browser.ask("POST", "/roster/check", data=fields, files=dict(files))
