"""What is said alike of every document that people sign."""

from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ilc_canvas.store.documents.versions import VersionInfo

_KEYS = ("number", "school_year", "state", "entries", "errors", "warnings", "signed_by", "signed_at", "second", "reason", "rows", "files")


def refused(errors: str, warnings: str) -> str:
    """An import that stored nothing."""
    return f"{errors}, {warnings}. Nothing was stored. Correct or answer what is listed, then import the files again."


def files(info: "VersionInfo") -> list[str]:
    """The files, and the digest that names them together."""
    lines = [f"  {name}: {count(info.rows[name], 'row')}, SHA-256 {sha}" for name, sha in info.files.items()]
    return [*lines, f"  together: {info.files_digest}"] if info.files_digest else lines


def command(document: str, info: "VersionInfo") -> str:
    """How to sign exactly this draft."""
    from ilc_canvas.reconcile.words.hints import Next

    return Next.SIGN_DRAFT.of(document, info.number, info.files_digest)


def finding(entry: "Mapping[str, object]") -> str:
    """One line of a finding that the store keeps."""
    lines = f"lines {entry['lines']}" if "lines" in entry else f"line {entry['line']}"
    return f"{entry['level']}: {entry['file']}, {lines}, {entry['column']}: {entry['text']}"


def row(info: "VersionInfo", entries: str) -> str:
    """One line of a list."""
    return f"{info.number:>3}  {info.school_year}  {info.state:<10}  {entries}  {signed(info)}"


def signed(info: "VersionInfo") -> str:
    """By whom and when."""
    return f"signed by {info.signed_by}, {clock.at(info.signed_at)}" if info.signed_at else "not signed"


def described(document: str, info: "VersionInfo") -> list[str]:
    """What it is, who signed it and why, and its files."""
    head = f"{document.capitalize()} {info.school_year}, version {info.number}: {info.state}, {signed(info)}."
    second = [f"Second signer: {info.second}."] if info.second else []
    reason = [f"Reason: {info.reason}"] if info.reason else []
    return [head, *second, *reason, *files(info)]


def as_json(info: "VersionInfo", entries: str) -> dict[str, object]:
    """A version for programs; `entries` is what its entries are called."""
    said = {"number": "version", "entries": entries}
    return {said.get(name, name): getattr(info, name) for name in (*_KEYS, "files_digest")}
