"""One request on its way through the rules."""

from dataclasses import dataclass, field, replace

from ilc_canvas.sandbox.account.rights import Rights
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.world.clock import read_instant
from ilc_canvas.sandbox.world.moments import Moment
from ilc_canvas.sandbox.world.records import Instant, User
from ilc_canvas.sandbox.world.world import World


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a rule needs to know.

    `world` is what it works on, `present` where ids are looked up, `listed` what lists show: all one, unless lists lag behind.
    `acting` is the person whom the token's person acts for, if anybody.
    `moment` is the course that a writing request found when it began.
    `listing` tells that a list is made, which shows people by another of their logins than a single read may.
    """

    world: World
    present: World
    listed: World
    now: Instant
    params: Params
    ids: dict[str, str] = field(default_factory=dict)
    rights: Rights
    acting: User | None = None
    newer: bool
    templates: bool = True
    theme: bool = False
    trail: bool = False
    listing: bool = False
    moment: Moment | None = None
    base: str = ""
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def caller(self) -> User:
        """Who does it: the person acted for, or the token's person."""
        return self.acting or self.world.caller

    @property
    def zone(self) -> str:
        """The caller's time zone."""
        return self.world.root.time_zone

    def of_lists(self) -> "Call":
        """The same call on the world as lists show it, which may be older."""
        return replace(self, world=self.listed, listing=True)

    def at(self, path: str) -> "Call":
        """The same call under another address, for the links of a list."""
        return replace(self, path=path)

    def instant(self, params: Params, name: str) -> Instant | None:
        return read_instant(params.text(name), self.zone)

    def includes(self, name: str) -> bool:
        return name in self.params.any_of("include")
