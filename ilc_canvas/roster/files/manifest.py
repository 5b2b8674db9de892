"""The manifest: what was signed off, by whom, and the hash and row count of each file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.roster.reading import File

MOST_BYTES = 100_000


class Seal(BaseModel):
    """One file as it was signed."""

    model_config = ConfigDict(frozen=True, strict=True)
    rows: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _zoned(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time needs its offset, like 2021-07-15T16:30:00-07:00")
    return text


class Signed(BaseModel):
    """The JSON of a manifest."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["ilc-roster-manifest"]
    school_year: str
    roster_version: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    status: Literal["finalized"]
    signed_off_by: Annotated[str, Field(min_length=1, max_length=255)]
    signed_off_at: Annotated[str, AfterValidator(_zoned)]
    files: Mapping[str, Seal]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that could be read; `signed_at` is ISO 8601 with its offset, as written."""

    name: str
    school_year: str
    version: int
    signed_by: str
    signed_at: str
    files: Mapping[str, Seal]


def read_manifest(file: File) -> Manifest:
    """The manifest of this JSON. RosterError if it is none, with every field that is wrong."""
    if len(file.data) > MOST_BYTES:
        raise RosterError(f"{file.name} is larger than a manifest can be. Nothing was stored.")
    try:
        signed = Signed.model_validate_json(file.data)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors(include_url=False)[:10])
        raise RosterError(f"{file.name} is not a roster manifest. {wrong}. Nothing was stored.") from error
    return Manifest(
        name=file.name,
        school_year=signed.school_year,
        version=signed.roster_version,
        signed_by=signed.signed_off_by,
        signed_at=signed.signed_off_at,
        files=signed.files,
    )


def check_files(manifest: Manifest, files: Sequence[File], school_year: str) -> None:
    """RosterError, with every reason, where these are not exactly the files that were signed, byte for byte."""
    reasons = [*_names(manifest, files), *_hashes(manifest, files)]
    if manifest.school_year != school_year:
        reasons.insert(0, f"It is for {manifest.school_year}, and {school_year} was asked for.")
    if reasons:
        raise RosterError(
            f"The files do not belong to {manifest.name}, which {manifest.signed_by} signed. {' '.join(reasons)} Nothing was stored."
        )


def check_rows(manifest: Manifest, rows: Mapping[str, int]) -> None:
    """RosterError if a file has another number of rows than was signed."""
    signed = {name: seal.rows for name, seal in manifest.files.items()}
    wrong = [f"{name} has {count(found, 'row')}, and {signed[name]} were signed." for name, found in rows.items() if found != signed[name]]
    if wrong:
        raise RosterError(f"The files do not belong to {manifest.name}. {' '.join(wrong)} Nothing was stored.")


def _names(manifest: Manifest, files: Sequence[File]) -> Iterator[str]:
    given = {file.name for file in files}
    for name in sorted(given - set(manifest.files)):
        yield f"It does not name {name}."
    for name in sorted(set(manifest.files) - given):
        yield f"It names {name}, which was not given."


def _hashes(manifest: Manifest, files: Sequence[File]) -> Iterator[str]:
    for file in files:
        seal = manifest.files.get(file.name)
        if seal and seal.sha256 != file.sha256:
            begins = f"its hash begins {file.sha256[:8]} instead of {seal.sha256[:8]}"
            lines = max(file.data.count(b"\n") - 1, 0)
            counts = f", and it has about {count(lines, 'row')} where {count(seal.rows, 'was', 'were')} signed"
            rows = "" if file.data.startswith(b"PK") else counts
            yield f"{file.name} is not the file that was signed: {begins}{rows}."
