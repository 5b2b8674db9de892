"""The time by Canvas's clock, if that is known: a clock far from ours is a question, not an answer."""

from datetime import datetime, timedelta, tzinfo

from ilc_canvas import clock
from ilc_canvas.reconcile.run.values import Tenant

FAR = timedelta(hours=1)
"""Two correct clocks differ by less."""


def is_far_off(tenant: Tenant) -> bool:
    """Whether Canvas's clock or ours must be wrong."""
    return abs(tenant.ahead or 0.0) > FAR.total_seconds()


def what_day(tenant: Tenant, zone: tzinfo | None = None) -> str:
    """The date, by whose clock, and whether to trust it: by Canvas's clock it is 4 Oct 2021"""
    if tenant.ahead is None:
        return f"Canvas does not give the time; by this machine's clock it is {clock.day(tenant.now, zone)}"
    text = f"by Canvas's clock it is {clock.day(tenant.now, zone)}"
    return f"{text}, by this machine's {clock.at(our_time(tenant), zone)}: one of the two is wrong" if is_far_off(tenant) else text


def our_time(tenant: Tenant) -> datetime:
    """The time by this machine's clock."""
    return tenant.now - timedelta(seconds=tenant.ahead or 0.0)


def difference(tenant: Tenant) -> str:
    """How Canvas's clock, if it gives the time, compares with ours: is 3 s ahead of ours"""
    seconds = round(tenant.ahead or 0.0)
    return f"is {abs(seconds):,} s {'ahead of' if seconds > 0 else 'behind'} ours" if seconds else "agrees with ours"
