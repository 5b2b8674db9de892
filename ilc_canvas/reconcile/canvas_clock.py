"""What time it is by Canvas's clock, as far as that can be told: a clock that is far from ours is a question, and no answer."""

from datetime import datetime, timedelta, tzinfo

from ilc_canvas import clock
from ilc_canvas.reconcile.run import Tenant

FAR = timedelta(hours=1)
"""Two clocks that are both set differ by less."""


def is_far_off(tenant: Tenant) -> bool:
    """Whether Canvas's clock or ours must be wrong."""
    return abs(tenant.ahead or 0.0) > FAR.total_seconds()


def what_day(tenant: Tenant, zone: tzinfo | None = None) -> str:
    """Which day it is, by whose clock, and whether that can be believed: by Canvas's clock it is 4 Oct 2021"""
    if tenant.ahead is None:
        return f"Canvas does not say its time, by this machine's clock it is {clock.day(tenant.now, zone)}"
    said = f"by Canvas's clock it is {clock.day(tenant.now, zone)}"
    return f"{said}, by this machine's {clock.at(our_time(tenant), zone)}: one of the two is wrong" if is_far_off(tenant) else said


def our_time(tenant: Tenant) -> datetime:
    """What time it was by this machine's clock."""
    return tenant.now - timedelta(seconds=tenant.ahead or 0.0)


def difference(tenant: Tenant) -> str:
    """How Canvas's clock, if it says its time, stands to ours: is 3 s ahead of ours"""
    seconds = round(tenant.ahead or 0.0)
    return f"is {abs(seconds):,} s {'ahead of' if seconds > 0 else 'behind'} ours" if seconds else "agrees with ours"
