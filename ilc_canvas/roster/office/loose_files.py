"""Files of a roster as somebody has them, in any order, with any names: each is recognized by its columns, and what is there is checked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS, Layout
from ilc_canvas.roster.files.manifest import read_manifest
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.intake import Intake, Parts, Reading, take_parts
from ilc_canvas.roster.office.overview import layout_of
from ilc_canvas.roster.office.rewriting import as_school_year
from ilc_canvas.roster.reading import File, read_table

WHOLE = (ROSTER, TEAMS, COPS)
"""The files of a roster."""


@dataclass(frozen=True)
class LooseCheck:
    """What these files hold, and which file was missing to check everything."""

    intake: Intake
    missing: tuple[Layout, ...]

    @property
    def has_people(self) -> bool:
        """Whether one of the files is the roster itself."""
        return ROSTER not in self.missing


def check_loose(files: Sequence[File], known: Parts, manifest: File | None, *, how: Reading) -> LooseCheck:
    """Check these files, and those whose kind is known, as far as they go; without a school year, the one that they name.

    RosterError, with every reason, if a file is not part of a roster, or two are of one kind, or one is refused as a whole.
    """
    parts, signed = _sorted_out(files, known, manifest, rules=how.rules)
    year = how.school_year or _named_year(parts, signed, how.rules)
    intake = take_parts(parts, signed, replace(how, school_year=year))
    return LooseCheck(intake, tuple(layout for layout in WHOLE if layout not in parts))


def _sorted_out(files: Sequence[File], known: Parts, manifest: File | None, *, rules: ReadingRules) -> tuple[Parts, File | None]:
    """Each file under its kind, in the order of a roster; and the manifest."""
    found: dict[Layout | None, File] = dict(known.items())
    if manifest:
        found[None] = manifest
    reasons = []
    for file in files:
        try:
            kind = None if _is_json(file) else _kind(file, rules)
        except RosterError as error:
            reasons.append(str(error))
            continue
        if kind in found:
            what = kind.what if kind else "manifest"
            reasons.append(f"{found[kind].name} and {file.name} are both a {what}. Check them one after the other.")
        found.setdefault(kind, file)
    if reasons:
        raise RosterError("\n".join(reasons))
    return {layout: found[layout] for layout in WHOLE if layout in found}, found.get(None)


def _is_json(file: File) -> bool:
    return file.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _kind(file: File, rules: ReadingRules) -> Layout:
    layout = layout_of(file, rules)
    if layout in WHOLE:
        return layout
    what = f"is {'an' if layout.what[0] in 'aeiou' else 'a'} {layout.what}" if layout else "has the columns of none of these"
    raise RosterError(f"{file.name} is not part of a roster, which is a roster file, a teams file and a COP catalog: it {what}.")


def _named_year(parts: Mapping[Layout, File], manifest: File | None, rules: ReadingRules) -> str:
    """The school year of the manifest, or of most rows of the catalog; "" if there is neither. RosterError if the catalog names none."""
    if manifest:
        return read_manifest(manifest).school_year
    if COPS not in parts:
        return ""
    rows = read_table(parts[COPS], COPS, rules).rows
    named = Counter(filter(None, (as_school_year(row.cells["school_year"]) for row in rows))).most_common(2)
    if not named or (len(named) > 1 and named[0][1] == named[1][1]):
        raise RosterError(f"{parts[COPS].name} does not say for which school year it is. Name the school year.")
    return named[0][0]
