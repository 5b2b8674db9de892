"""Versions of a document, one after the other."""

from collections.abc import Iterable
from datetime import UTC, datetime

from ilc_canvas.store.documents.versions import VersionInfo

_NEVER = datetime.min.replace(tzinfo=UTC)


def former(versions: Iterable[VersionInfo], info: VersionInfo) -> VersionInfo | None:
    """The version of the same school year that was signed before this one; of a draft, the one that was signed last."""
    signed = [each for each in versions if each.signed_at and each.school_year == info.school_year]
    older = [each for each in signed if info.signed_at is None or (each.signed_at and each.signed_at < info.signed_at)]
    return max(older, key=lambda each: each.signed_at or _NEVER, default=None)
