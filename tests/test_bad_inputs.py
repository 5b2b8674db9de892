"""Bad settings: each is one sentence that says what, where and what to do, and that nothing was done."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ilc_canvas.bootstrap import client
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.worker.notices import channels

SECRET = "secret-of-the-office"


@dataclass(frozen=True)
class Bad:
    """A variable, what it holds, and the words that its sentence has: where, and the remedy."""

    name: str
    value: str
    where: str
    remedy: str


def of(name: str, where: str, remedy: str, *values: str) -> list[Bad]:
    """The same fault in several spellings."""
    return [Bad(name, value, where, remedy) for value in values]


BAD = [
    *of(
        "URL",
        "The Canvas address",
        "such as https://canvas.example.edu",
        "canvas.example.edu",
        "//c.example.edu",
        "https://",
        "https://[::1",
    ),
    *of("URL", "The Canvas address", "such as https://canvas.example.edu", "https://c.example.edu:x", "https://c.example.edu:99999"),
    *of("URL", "The Canvas address", "such as https://canvas.example.edu", "http://o.example.org\\@127.0.0.1", "https://u:p@c.example.edu"),
    *of("URL", "The Canvas address", "such as https://canvas.example.edu", "https://c.example.edu?a=b", "https://c.example.edu#a"),
    *of("URL", "The Canvas address", "such as https://canvas.example.edu", "https://c\u0430nvas.example.edu", "https://c.example.edu/a b"),
    *of(
        "URL",
        "The Canvas address",
        "must begin with https://",
        "http://c.example.edu",
        "ftp://c.example.edu",
        "http://127.0.0.1.example.org",
    ),
    *of("TOKEN", "The Canvas token", "holds characters that no token has", f"{SECRET} x", f"{SECRET}\u00e4", f"{SECRET}\x07", "\u200b"),
    *of("TOKEN_FILE", "ILC_CANVAS_TOKEN_FILE: ", "cannot be read", "/nowhere/token", "/"),
    *of("HEAD_KEY_FILE", "ILC_CANVAS_HEAD_KEY_FILE: ", "cannot be read", "/nowhere/key"),
    *of("WEBHOOK_URL_FILE", "ILC_CANVAS_WEBHOOK_URL_FILE: ", "cannot be read", "/nowhere/hook"),
    *of("STORE_FILE", "ILC_CANVAS_STORE_FILE: ", "cannot be read", "/nowhere/store"),
    *of("CONFIG", "ILC_CANVAS_CONFIG: ", "there is no file", "/nowhere/ilc.toml", "/"),
    *of("STORE", "store: ", "such as sqlite:///", "store.db", "/srv/store.db"),
    *of("ACCOUNT", "account: ", "should match pattern", "../1", "1/2", "self?x", "a b"),
    *of("PREFIX", "prefix: ", "should match pattern", "ilc:x", "a/b", "\u00e4"),
    *of("TIME_ZONE", "time_zone: ", "such as America/Los_Angeles", "PST", "Pacific", "../etc/passwd", "America/Nowhere"),
    *of("IN_FLIGHT", "in_flight: ", "or equal to", "0", "13", "-1"),
    *of("IN_FLIGHT", "in_flight: ", "valid integer", "six", "1.5"),
    *of("SETTLE_SECONDS", "settle_seconds: ", "or equal to", "-1", "99999"),
    *of("SETTLE_SECONDS", "settle_seconds: ", "valid number", "soon"),
    *of("GRACE_HOURS", "grace_hours: ", "or equal to", "-1", "721"),
    *of("RETENTION_DAYS", "retention_days: ", "or equal to", "29", "3651"),
    *of("SILENCE_HOURS", "silence_hours: ", "greater than", "0"),
    *of("ENDING", "ending: ", "'deactivate' or 'conclude'", "delete", "Deactivate"),
    *of("REPAIR", "repair: ", "valid boolean", "perhaps"),
    *of("LOG_LEVEL", "log_level: ", "'debug', 'info', 'warning' or 'error'", "loud"),
    *of("HTTP_PORT", "http_port: ", "or equal to", "-1", "65536"),
    *of("SMTP_SECURITY", "smtp_security: ", "'starttls', 'tls' or 'none'", "ssl"),
    *of(
        "WEBHOOK_URL",
        "ILC_CANVAS_WEBHOOK_URL",
        "must begin with https://",
        "http://h.example.org/x",
        "https://u:p@h.example.org",
        "h.example.org",
    ),
    *of("WEBHOOK_URL", "ILC_CANVAS_WEBHOOK_URL", "not an address", "https://[::1", "https://h.example.org:99999"),
    *of("GUARD", "guard.removals_per_run: ", "greater than 0", '{"removals_per_run": 0}', '{"removals_per_run": -5}'),
    *of("GUARD", "guard.removal: ", "is it removals_per_run", '{"removal": 5}'),
    *of("SCHEDULE", "schedule.opens: ", "is it open", '{"opens": "2021-09-01"}'),
    *of("PEOPLE", "people.exist: ", "is it existing", '{"exist": "ask"}'),
    *of("COURSES", "courses.contents: ", "is it content", '{"contents": true}'),
    *of("SCHEDULE", "schedule.full: ", "should match pattern", '{"full": "daily"}', '{"full": "0 0 0"}'),
    *of("SCHEDULE", "schedule.blackout.0: ", "such as 2021-12-20/2022-01-03", '{"blackout": ["2021-12-20"]}', '{"blackout": ["b/a"]}'),
    *of("TOKN", "There is no setting ILC_CANVAS_TOKN", "is it ILC_CANVAS_TOKEN", "x"),
]


def begun() -> None:
    """What a command does with settings before it asks anybody."""
    settings: Settings = read_settings()
    channels(settings)
    client(settings, "2021-22")


@pytest.fixture
def bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Bad], str]:
    """The sentence of one bad setting among good ones."""
    (tmp_path / "ilc.toml").touch()
    for name, value in {"CONFIG": str(tmp_path / "ilc.toml"), "URL": "https://canvas.example.edu", "TOKEN": "t"}.items():
        monkeypatch.setenv(f"ILC_CANVAS_{name}", value)

    def said(one: Bad) -> str:
        monkeypatch.setenv(f"ILC_CANVAS_{one.name}", one.value)
        with pytest.raises(SettingsError) as raised:
            begun()
        return str(raised.value)

    return said


@pytest.mark.parametrize("one", BAD, ids=lambda one: f"{one.name}={one.value!a}")
def test_bad_setting_is_one_sentence(bad: Callable[[Bad], str], one: Bad) -> None:
    """What is wrong is named with its place and what would be right; no secret, no traceback."""
    text = bad(one)
    assert one.where in text
    assert one.remedy in text
    assert SECRET not in text
    assert "Nothing was done" in text


def test_there_are_many() -> None:
    """The table has as many rows as its faults have spellings, each once."""
    assert len(BAD) == len({(one.name, one.value) for one in BAD})
    assert len(BAD) >= 70
