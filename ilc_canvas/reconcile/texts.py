"""The texts of what is wanted: too long for records, which hold only their digests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ilc_canvas.reconcile.state import Fields, Key


@dataclass(frozen=True)
class Texts:
    """By key: HTML whose links to other things of ours are still `ilc:` addresses, the inside of a page's generated part, and titles."""

    html: Mapping[Key, str] = field(default_factory=dict)
    parts: Mapping[Key, str] = field(default_factory=dict)
    versions: Mapping[Key, Fields] = field(default_factory=dict)  # which text and part these are, as in records
    titles: Mapping[Key, str] = field(default_factory=dict)
    once: frozenset[Key] = frozenset()  # written once and never refreshed
