"""What is particular to a kind of document that people sign."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.db.codec import dumps


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document: it has versions, one draft at a time, and in each school year one version that is finalized."""

    name: str  # in the tables, in audit events, in a basis and in commands
    error: type[IlcError]  # how it is refused
    in_force: str = "finalized"  # what was done to a version that is in force

    def refused(self, text: str) -> IlcError:
        """The error with this sentence, which begins with a capital letter."""
        return self.error(text[:1].upper() + text[1:])


def files_digest(school_year: str, hashes: Mapping[str, str], content: str) -> str:
    """Names a draft by its files and what was read from them: 12 hex digits in groups of four."""
    sha = hashlib.sha256(dumps([school_year, dict(hashes), content]).encode()).hexdigest()
    return "-".join((sha[:4], sha[4:8], sha[8:12]))
