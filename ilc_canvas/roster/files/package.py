"""The package of a workbook: a zip file with XML in it, looked over before anything parses it."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath
from xml.parsers.expat import ExpatError, ParserCreate

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.rules import ReadingRules, megabytes

UNPACKED_TIMES = 16  # how much larger than the largest file its unpacked parts may be together
_MOST_PARTS = 2_000
_LARGEST_FRAME = 2 * 1024 * 1024  # bytes of a part that holds no cells: it becomes objects, each far larger than its text
_FRAME = re.compile(r"\[content_types\]\.xml|xl/workbook\.xml|xl/styles\.xml|xl/theme/.*|docprops/.*|.*\.rels")
_BLOCK = 1024 * 1024
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii")
_CSV = 'Save it as an Excel workbook (.xlsx) or as "CSV UTF-8".'
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook, and the part of the package that holds it."""

    title: str
    hidden: bool
    path: str


def is_workbook(name: str, data: bytes) -> bool:
    """Whether the bytes are those of a zip file. RosterError if they are an older kind of workbook, or a locked one."""
    if data.startswith(_OLD_EXCEL):
        raise RosterError(f"{name} is an old Excel workbook (.xls), or one that is protected by a password. {_CSV}")
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def opened(name: str, data: bytes, rules: ReadingRules) -> zipfile.ZipFile:
    """The package, every part of which is whole, within limits and harmless. RosterError otherwise."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check_parts(name, archive.infolist(), rules)
        for part in archive.infolist():
            _check_part(name, archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise RosterError(f"{name} is a damaged workbook, or is cut off. Fetch the file again, or save it again.") from error
    return archive


def _check_parts(name: str, parts: list[zipfile.ZipInfo], rules: ReadingRules) -> None:
    names = [part.filename.casefold() for part in parts]
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise RosterError(f"{name} is not an Excel workbook (.xlsx). {_CSV}")
    if len(parts) > _MOST_PARTS or len(set(names)) < len(names):
        raise RosterError(f"{name} is put together as no spreadsheet does it. {_CSV}")
    if any(part.flag_bits & 1 or part.compress_type not in _PACKED for part in parts):
        raise RosterError(f"{name} is protected by a password, or packed in an unusual way. {_CSV}")
    if any(part.file_size > _LARGEST_FRAME and _FRAME.fullmatch(part.filename.casefold()) for part in parts):
        raise RosterError(f"{name} has more styles or links in it than are read. Copy the table alone into a new workbook.")
    most = rules.most_bytes * UNPACKED_TIMES
    if sum(part.file_size for part in parts) > most:
        raise RosterError(f"{name} unpacks to more than {megabytes(most)}. Is it the right file? Save only the table, in a new workbook.")


def _check_part(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpacks a part once, which checks its length and sum; XML may not define entities, nor hide them in another encoding."""
    is_xml = part.filename.casefold().endswith((".xml", ".rels", ".vml"))
    before = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            if not is_xml:
                continue
            if not before:
                _check_head(name, block[:1024])
            if b"<!DOCTYPE" in (seen := before[-16:] + block) or b"<!ENTITY" in seen:
                raise RosterError(f"{name} has definitions in it that no spreadsheet writes (DOCTYPE). It is not read. {_CSV}")
            before = block


def _check_head(name: str, head: bytes) -> None:
    declared = _ENCODING.search(head.partition(b"?>")[0])
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or (declared and declared[1].lower() not in _ENCODINGS):
        raise RosterError(f"{name} has a part that is not written in UTF-8. {_CSV}")


def sheet_parts(name: str, archive: zipfile.ZipFile) -> list[SheetPart]:
    """The sheets in their order."""
    targets = {
        found["Id"]: normpath(f"xl/{found['Target']}" if not found["Target"].startswith("/") else found["Target"][1:])
        for found in elements(name, archive, "xl/_rels/workbook.xml.rels", element="Relationship")
        if "Id" in found and "Target" in found and found.get("TargetMode") != "External"
    }
    present = set(archive.namelist())
    sheets = []
    for found in elements(name, archive, "xl/workbook.xml", element="sheet"):
        path = targets.get(next((value for key, value in found.items() if key.rpartition(":")[2] == "id"), ""), "")
        if path.startswith("xl/worksheets/") and path in present:
            sheets.append(SheetPart(found.get("name", ""), found.get("state", "visible") != "visible", path))
    if len({sheet.path for sheet in sheets}) < len(sheets) or len({sheet.title for sheet in sheets}) < len(sheets):
        raise unreadable(name)
    return sheets


def elements(name: str, archive: zipfile.ZipFile, path: str, *, element: str) -> Iterator[Mapping[str, str]]:
    """The attributes of each such element of a small part."""
    found: list[Mapping[str, str]] = []
    parser = ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append(attributes) if tag.rpartition(":")[2] == element else None
    try:
        parser.Parse(archive.read(path), True)
    except (ExpatError, KeyError) as error:
        raise unreadable(name) from error
    yield from found


def unreadable(name: str) -> RosterError:
    """A workbook that is whole, and yet cannot be understood."""
    return RosterError(f"{name} cannot be read as an Excel workbook. {_CSV}")
