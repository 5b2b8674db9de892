"""Settings: where they come from, what is refused, and what is never shown."""

from pathlib import Path

import pytest

from ilc_canvas.courses.settings import CourseSettings, OfficeSettings
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import GuardSettings, Settings, read_settings

ROOT = Path(__file__).parents[1]
CANARY = "7~" + "Q" * 40


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without settings, and an empty file of settings."""
    for name in [*Settings.model_fields, "token_file", "store_file"]:
        monkeypatch.delenv(f"ILC_CANVAS_{name.upper()}", raising=False)
    _file(monkeypatch, tmp_path, "")


def _file(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    path = folder / "ilc.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(path))


def test_environment_over_file_over_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The default holds, the file changes it, and the environment has the last word."""
    assert read_settings().in_flight == 10
    _file(monkeypatch, tmp_path, "in_flight = 3\nprefix = 'corps'")
    assert read_settings().in_flight == 3
    monkeypatch.setenv("ILC_CANVAS_IN_FLIGHT", "4")
    assert (read_settings().in_flight, read_settings().prefix) == (4, "corps")


def test_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable that is set to nothing leaves the file's value alone."""
    _file(monkeypatch, tmp_path, "prefix = 'corps'")
    monkeypatch.setenv("ILC_CANVAS_PREFIX", "")
    assert read_settings().prefix == "corps"


def test_shipped_file_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """config/ilc.toml changes nothing: each of its lines is the default."""
    bare = read_settings()
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(ROOT / "config" / "ilc.toml"))
    assert read_settings() == bare


def test_secret_file_ends_in_line_break(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret from a file wins over the variable, and its last line break is not part of it."""
    path = tmp_path / "token"
    path.write_text(f"{CANARY}\n", encoding="utf-8")
    monkeypatch.setenv("ILC_CANVAS_TOKEN", "another")
    monkeypatch.setenv("ILC_CANVAS_TOKEN_FILE", str(path))
    assert read_settings().token.get_secret_value() == CANARY


def test_store_address_from_secret_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The store's address may hold a password, so it may stand in a file too."""
    path = tmp_path / "store"
    path.write_text("sqlite:////srv/ilc/store.db\r\n", encoding="utf-8")
    monkeypatch.setenv("ILC_CANVAS_STORE_FILE", str(path))
    assert read_settings().store == "sqlite:////srv/ilc/store.db"


def test_missing_secret_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret file that is not there is named, with its variable."""
    monkeypatch.setenv("ILC_CANVAS_TOKEN_FILE", str(tmp_path / "gone"))
    with pytest.raises(SettingsError, match=r"ILC_CANVAS_TOKEN_FILE: .*gone cannot be read"):
        read_settings()


def test_missing_settings_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file of settings that is not there is no reason to go on with defaults."""
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(tmp_path / "gone.toml"))
    with pytest.raises(SettingsError, match=r"there is no file .*gone\.toml"):
        read_settings()


def test_broken_settings_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is no TOML is refused by its name, in one sentence."""
    _file(monkeypatch, tmp_path, "prefix = ")
    with pytest.raises(SettingsError, match=r"ilc\.toml is not a TOML file"):
        read_settings()


@pytest.mark.parametrize(
    ("text", "wrong", "nearest"),
    [
        ("prefx = 'ilc'", "prefx", "prefix"),
        ("[guard]\nremovals_per_runs = 3", "guard.removals_per_runs", "removals_per_run"),
        ("[roles.lead]\nbase = 'TaEnrollment'\nlimted = true", "roles.lead.limted", "limited"),
    ],
)
def test_misspelled_key_in_file_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, wrong: str, nearest: str) -> None:
    """A key that there is not is refused, with its place and the nearest that there is."""
    _file(monkeypatch, tmp_path, text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert f"{wrong}: there is no such setting; is it {nearest}?" in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "nearest"), [("PREFX", "PREFIX"), ("TOKN_FILE", "TOKEN_FILE"), ("REPAIRS", "REPAIR"), ("STORE_FIL", "STORE_FILE")]
)
def test_misspelled_variable_refused(monkeypatch: pytest.MonkeyPatch, wrong: str, nearest: str) -> None:
    """A variable that would be ignored in silence is refused, with the nearest that there is."""
    monkeypatch.setenv(f"ILC_CANVAS_{wrong}", "1")
    with pytest.raises(SettingsError, match=f"no setting ILC_CANVAS_{wrong}; is it ILC_CANVAS_{nearest}\\?"):
        read_settings()


@pytest.mark.parametrize("name", [name for name, each in GuardSettings.model_fields.items() if each.annotation is not bool])
@pytest.mark.parametrize("value", ["0", "-1", "'off'", "false", "nan", "inf"])
def test_guard_cannot_be_switched_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str) -> None:
    """No limit can be nothing, less than nothing, a word, or no number."""
    _file(monkeypatch, tmp_path, f"[guard]\n{name} = {value}")
    with pytest.raises(SettingsError, match=f"guard.{name}"):
        read_settings()


@pytest.mark.parametrize("name", [name for name in GuardSettings.model_fields if name.endswith("_percent")])
def test_guard_percent_is_a_share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """More than all of them is no limit."""
    _file(monkeypatch, tmp_path, f"[guard]\n{name} = 101")
    with pytest.raises(SettingsError, match=f"guard.{name}"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IN_FLIGHT", "13"),
        ("IN_FLIGHT", "0"),
        ("PREFIX", "i:c"),
        ("PREFIX", "ilc/.."),
        ("ENDING", "delete"),
        ("TIME_ZONE", "Pacific"),
        ("GRACE_HOURS", "-1"),
        ("GRACE_HOURS", "nan"),
        ("SETTLE_SECONDS", "soon"),
        ("REPAIR", "perhaps"),
        ("ACCOUNT", "1/../2"),
    ],
)
def test_impossible_value_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A value that cannot be meant is refused, by the name of its setting."""
    monkeypatch.setenv(f"ILC_CANVAS_{name}", value)
    with pytest.raises(SettingsError, match=name.lower()):
        read_settings()


def test_every_wrong_setting_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All that is wrong is said, not only the first."""
    _file(monkeypatch, tmp_path, "prefix = 'a b'\nending = 'delete'\n[guard]\nnew_courses = 0")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert all(name in str(refused.value) for name in ("prefix", "ending", "guard.new_courses", "Nothing was done"))


def test_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a printed value nor an error holds the token."""
    monkeypatch.setenv("ILC_CANVAS_TOKEN", CANARY)
    settings = read_settings()
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    monkeypatch.setenv("ILC_CANVAS_IN_FLIGHT", "13")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert CANARY not in f"{refused.value} {refused.value.__cause__!r} {refused.value.__cause__}"


def test_token_as_wrong_value_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that went into the wrong variable is not repeated by the refusal."""
    monkeypatch.setenv("ILC_CANVAS_PREFIX", f"{CANARY} ")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert CANARY not in f"{refused.value} {refused.value.__cause__}"


def test_store_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printed value does not hold the store's password."""
    monkeypatch.setenv("ILC_CANVAS_STORE", "postgresql+psycopg://ilc:hunter-canary@localhost/ilc")
    assert "hunter-canary" not in repr(read_settings())


def test_one_role_keeps_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that speaks of one role leaves the other three as they are."""
    _file(monkeypatch, tmp_path, "[roles.guest]\nbase = 'ObserverEnrollment'")
    roles = read_settings().roles
    assert (roles["guest"].base, roles["lead"].label, len(roles)) == ("ObserverEnrollment", "ILC Team Lead", 4)


def test_words_of_the_office_are_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Headers and values of an office's own, whatever their case and spaces, and the limits of its files."""
    own = "[roster]\nmost_rows = 120000\nmost_megabytes = 64\n[roster.columns]\n'E-mail  Address' = 'email'\n'Shirt size' = ''\n"
    _file(monkeypatch, tmp_path, f"{own}[roster.values.team_role]\n'Team Lead' = 'lead'")
    rules = read_settings().roster.rules
    assert (rules.columns, rules.values) == ({"e-mail address": "email", "shirt size": ""}, {"team_role": {"team lead": "lead"}})
    assert (rules.most_rows, rules.most_bytes) == (120_000, 64 * 1024 * 1024)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("[roster.columns]\n'Mail' = 'emial'", '"emial" is not a column here; is it email?'),
        ("[roster.columns]\n'email' = 'person_id'", '"email" is the name of a column here'),
        ("[roster.columns]\n'Mail' = 'email'\n'mail ' = 'email'", "differ only in case or spaces"),
        ("[roster.values.team_rol]\n'Lead' = 'lead'", '"team_rol" is not a column here; is it team_role?'),
        ("[roster]\nmost_rows = 0", "roster.most_rows"),
        ("[roster]\nmost_row = 7", "is it most_rows?"),
    ],
)
def test_words_that_mean_nothing_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: str, said: str) -> None:
    """A column that is not there, or a name that would stand for two things, is refused by name."""
    _file(monkeypatch, tmp_path, own)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert said in str(refused.value)


@pytest.mark.parametrize("own", ["[office]\nemail = 'help at example.edu'", "[office]\nname = ''", "[office]\nmini_grant = 7", "[course]"])
def test_odd_office_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: str) -> None:
    """What is no address, no name or no text is not shown in any course."""
    _file(monkeypatch, tmp_path, own)
    with pytest.raises(SettingsError, match=r"office\.|course"):
        read_settings()


def test_every_setting_is_documented() -> None:
    """README names each setting, and the commented file that it points to each limit."""
    readme, shipped = (ROOT / "README.md").read_text("utf-8"), (ROOT / "config" / "ilc.toml").read_text("utf-8")
    tables = {"roles": "`[roles.lead]`", "guard": "`[guard]`", "schedule": "`[schedule]`", "people": "`[people]`", "roster": "`[roster]`"}
    tables |= {"courses": "`[courses]`", "office": "`[office]`"}
    assert not [name for name in Settings.model_fields if tables.get(name, f"`ILC_CANVAS_{name.upper()}`") not in readme]
    small = (GuardSettings, CourseSettings, OfficeSettings)
    assert not [name for table in small for name in table.model_fields if f"\n{name} = " not in shipped]
