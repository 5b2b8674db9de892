"""What we own in one Canvas."""

from dataclasses import dataclass

from ilc_canvas.program import names
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class Scope:
    """What we own: SIS ids that begin with the prefix (people), with prefix and school year (courses and below)."""

    prefix: str
    school_year: str
    root: int = 0  # the root account: terms and people live there
    parent: int = 0  # the account below which ours stands
    store: str = ""  # the id of the store that keeps all this; empty: not known, and not looked for

    @property
    def account(self) -> Key:
        """Our sub-account."""
        return Key(Kind.ACCOUNT, self.prefix)

    @property
    def term(self) -> Key:
        """Our term."""
        return Key(Kind.TERM, names.scope(self.prefix, self.school_year))

    @property
    def people(self) -> str:
        """How the SIS ids of our people begin."""
        return names.people_prefix(self.prefix)
