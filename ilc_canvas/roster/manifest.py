"""The manifest: who signed which files, by row count and SHA-256."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.reading import Table


class SignedFile(BaseModel):
    """Rows and SHA-256 of one file."""

    model_config = ConfigDict(frozen=True)
    rows: int
    sha256: str


class Manifest(BaseModel):
    """A sign-off as the programme office writes it."""

    model_config = ConfigDict(frozen=True)
    kind: str
    school_year: str
    roster_version: int
    status: str
    signed_off_by: str
    signed_off_at: str
    files: Mapping[str, SignedFile]


@dataclass(frozen=True, slots=True)
class _Refusal:
    manifest: str

    def __call__(self, why: str) -> RosterError:
        return RosterError(f"{self.manifest}: {why}. File and sign-off do not belong together, or a file was cut. Nothing was stored.")


def read_manifest(path: Path) -> Manifest:
    """RosterError where it is no manifest of a finalized roster."""
    refused = _Refusal(path.name)
    try:
        manifest = Manifest.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise refused("it cannot be read as a manifest") from error
    if manifest.kind != "ilc-roster-manifest" or manifest.status != "finalized":
        raise refused(f"it is a {manifest.kind!r} with status {manifest.status!r}, no sign-off of a finalized roster")
    return manifest


def check_manifest(path: Path, manifest: Manifest, tables: Sequence[Table], school_year: str) -> None:
    """RosterError unless the manifest names just these files, with their rows and hashes, for this school year."""
    refused = _Refusal(path.name)
    if manifest.school_year != school_year:
        raise refused(f"it is of {manifest.school_year}, the import of {school_year}")
    given = {table.name: table for table in tables}
    if given.keys() != manifest.files.keys():
        raise refused(f"it signs {', '.join(sorted(manifest.files))}; given were {', '.join(sorted(given))}")
    for name, signed in manifest.files.items():
        table = given[name]
        if signed.rows != len(table.rows):
            raise refused(f"{name} has {len(table.rows)} rows, signed were {signed.rows}")
        if signed.sha256 != table.sha256:
            raise refused(
                f"{name} is not the file that was signed: its SHA-256 is {table.sha256[:12]}..., signed was {signed.sha256[:12]}..."
            )
