"""One named zone on every screen."""

import re

import pytest

from tests.cli.people_cast import Office

SCREENS = (
    ("plan",), ("sync",), ("status",), ("runs",), ("show", "2"), ("parked",), ("notices",), ("roster", "list"), ("roster", "show"),
    ("audit", "list"), ("explain", "P2"), ("doctor",),
)  # fmt: skip
_HOUR = re.compile(r"\d\d:\d\d(?::\d\d)?(.{0,9})")


@pytest.mark.parametrize("zone", ["Pacific", "Eastern"])
def test_every_screen_tells_its_zone(office: Office, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """Every time of day on every screen is followed by the office's zone, regardless of the machine's zone."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("ILC_CANVAS_TIME_ZONE", {"Pacific": "America/Los_Angeles", "Eastern": "America/New_York"}[zone])
    office.sign()
    office.sync()
    office.cli("pause", "--until", "2037-09-01T18:00", "--reason", "summer")
    texts = {words: office.cli(*words).out for words in SCREENS}
    found = {words: _HOUR.findall(text) for words, text in texts.items()}
    assert not {words: after for words, after in found.items() if any(not each.startswith(f" {zone}") for each in after)}
    assert f"Paused until 1 Sep 2037, 18:00 {zone} by " in texts[("status",)]
    assert sum(map(len, found.values())) > 20
