"""The settings about an office's files, checked."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ilc_canvas.roster.files.columns import known_columns
from ilc_canvas.roster.files.rules import MEGABYTE, MOST_BYTES, MOST_ROWS, ReadingRules, folded


def _headers(columns: Mapping[str, str]) -> Mapping[str, str]:
    known = known_columns()
    for theirs, ours in columns.items():
        if ours and ours not in known:
            near = get_close_matches(ours, known, 1)
            raise ValueError(f'"{ours}" is not a column here{f"; is it {near[0]}?" if near else ""}')
        if theirs in known and theirs != ours:
            raise ValueError(f'"{theirs}" is the name of a column here, and cannot stand for another')
    if len({folded(theirs) for theirs in columns}) < len(columns):
        raise ValueError("two of the headers differ only in case or spaces")
    return columns


def _own_words(values: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    wrong = sorted(set(values) - known_columns())
    if wrong:
        near = get_close_matches(wrong[0], known_columns(), 1)
        raise ValueError(f'"{wrong[0]}" is not a column here{f"; is it {near[0]}?" if near else ""}')
    return values


class RosterSettings(BaseModel):
    """How the office's files are read: rosters, teams, catalogs, and calendars."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: Annotated[Mapping[str, str], AfterValidator(_headers)] = Field(default_factory=dict)
    """Our column by the header that the office writes; "" leaves the column out."""
    values: Annotated[Mapping[str, Mapping[str, str]], AfterValidator(_own_words)] = Field(default_factory=dict)
    """For a column of ours: our value by the one that the office writes."""
    most_rows: Annotated[int, Field(gt=0, le=1_000_000, strict=True)] = MOST_ROWS
    """Of one file."""
    most_megabytes: Annotated[int, Field(gt=0, le=1_000, strict=True)] = MOST_BYTES // MEGABYTE
    """Of one file."""

    @property
    def rules(self) -> ReadingRules:
        """The same as the reader takes them."""
        return ReadingRules.of(self.columns, self.values, most_bytes=self.most_megabytes * MEGABYTE, most_rows=self.most_rows)
