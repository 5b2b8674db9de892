"""What comes to harm in the sweeps that chance makes: runs that die, requests that meet faults, several in a row."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.sync.crash import NOWHERE, SEND, Crash

SIDES = ("before", "after")
FILL = {"GET": 17, "POST": 47, "PUT": 1}  # requests: of the first roster's run
CHANGES = {"GET": 33, "POST": 6, "PUT": 4, "DELETE": 6}  # and of the second's after it
IN_PAIRS = ("503", "500", "reset-before", "reset-after", "429", "truncate", "delay:0.02")
IN_TALES = (*IN_PAIRS, "401", "throttle403", "html", "drop-link")
POINTS = ("begin", "open_intents", "tenant", "look", "observe", "planned", "closed")  # that a run comes to once or twice
STEPS = ("intended", "apply", "happened", SEND)  # and once for each change


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the nth request of a method, `times` in a row."""

    do: str
    method: str
    nth: int
    times: int = 1

    def __str__(self) -> str:
        return f"{self.do}-{self.method}-{self.nth}" + (f"-times-{self.times}" if self.times > 1 else "")

    @property
    def order(self) -> dict[str, object]:
        """As the sandbox reads it."""
        return vars(self)


@dataclass(frozen=True)
class Leg:
    """One run of a tale: where it dies, if it does, and what goes wrong on its way."""

    crash: Crash
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "+".join(map(str, (self.crash, *self.faults)))


@dataclass(frozen=True)
class Tale:
    """One run, or several in a row, each of which comes to harm."""

    legs: tuple[Leg, ...]

    def __str__(self) -> str:
        return "-then-".join(map(str, self.legs))


Draw = Callable[[random.Random], Tale]


def crash_of(changes: int) -> Draw:
    """Draws one run of so many changes that dies."""
    return lambda dice: Tale((Leg(_crash(dice, changes), ()),))


def fault_of(requests: Mapping[str, int]) -> Draw:
    """Draws one run of so many requests that meets a fault."""
    return lambda dice: Tale((Leg(NOWHERE, (_fault(dice, requests),)),))


def pair_of(requests: Mapping[str, int]) -> Draw:
    """Draws one run that meets faults at two of its requests."""
    places = [(method, nth) for method, count in requests.items() for nth in range(1, count + 1)]
    return lambda dice: Tale((Leg(NOWHERE, tuple(Fault(dice.choice(IN_PAIRS), *place) for place in dice.sample(places, 2))),))


def tale_of(changes: int, requests: Mapping[str, int]) -> Draw:
    """Draws two to five runs in a row that would have so many changes and requests before them."""
    return lambda dice: Tale(tuple(_legs(dice, changes, requests)))


def _legs(dice: random.Random, changes: int, requests: Mapping[str, int]) -> Iterator[Leg]:
    for _ in range(dice.randint(2, 5)):
        faults = tuple(_fault(dice, requests) for _ in range(dice.choice((0, 0, 1, 1, 2, 3))))
        dies = not faults or dice.random() < 0.7
        yield Leg(_crash(dice, changes) if dies else NOWHERE, faults)


def _fault(dice: random.Random, requests: Mapping[str, int]) -> Fault:
    method = dice.choice(list(requests))
    return Fault(dice.choice(IN_TALES), method, dice.randint(1, requests[method]), dice.choice((1, 1, 1, 2, 5)))


def _crash(dice: random.Random, changes: int) -> Crash:
    """Anywhere, and in most cases in mid-work."""
    if dice.random() < 0.25:
        return Crash(dice.choice(POINTS), dice.choice(SIDES), in_flight=dice.choice((1, 6)))
    return Crash(dice.choice(STEPS), dice.choice(SIDES), dice.randint(1, changes), dice.choice((1, 6)))
