"""All settings in one frozen value, from a TOML file, the environment and secret files."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pydantic_settings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from ilc_canvas.console_settings import ConsoleSettings
from ilc_canvas.courses.settings import CourseSettings, OfficeSettings
from ilc_canvas.files import PREFIX, config_file, data_store, secret_in
from ilc_canvas.program import names
from ilc_canvas.program.blackout import closed_until
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.settings_changed import policy_of
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.reconcile.guards.guard import Limits, Share
from ilc_canvas.reconcile.run.tenant import normal_address
from ilc_canvas.roster.office.settings import RosterSettings
from ilc_canvas.schedule_settings import ScheduleSettings
from ilc_canvas.store.db.scope import CanvasScope

Role = Literal["TeacherEnrollment", "TaEnrollment", "StudentEnrollment", "DesignerEnrollment", "ObserverEnrollment"]
Percent = Annotated[float, Field(gt=0, le=100, strict=True)]
Number = Annotated[int, Field(gt=0, strict=True)]


class RoleSettings(BaseModel):
    """What one role of ours is in Canvas."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    base: Role
    """The Canvas type that it builds upon."""
    label: str = ""
    """Its label as a custom role; empty: the built-in role of that type."""
    limited: bool = False
    """Whether such a person sees the own section only."""


class GuardSettings(BaseModel):
    """When a plan is held for a person: above the number and above the share."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    removals_per_run: Number = 5
    removals_per_run_percent: Percent = 5
    removals_per_course: Number = 2
    removals_per_course_percent: Percent = 20
    removals_per_day: Number = 10
    removals_per_day_percent: Percent = 10
    changes_per_run: Number = 50
    changes_per_run_percent: Percent = 25
    moved_per_run: Number = 10
    moved_per_run_percent: Percent = 25
    texts_per_run: Number = 20
    texts_per_run_percent: Percent = 25
    new_courses: Number = 5
    new_sections: Number = 10
    observed_drop_percent: Percent = 20
    adds_go_on: bool = False
    """Whether all else goes on while only the removals wait for a yes."""
    four_eyes: bool = False
    """Whether a second signer, and whoever approves a plan, must be another person than who imported or signed the roster."""

    @property
    def limits(self) -> Limits:
        """The guard's thresholds."""
        return Limits(
            removals_per_run=Share(self.removals_per_run, self.removals_per_run_percent / 100),
            removals_per_course=Share(self.removals_per_course, self.removals_per_course_percent / 100),
            removals_per_day=Share(self.removals_per_day, self.removals_per_day_percent / 100),
            changes_per_run=Share(self.changes_per_run, self.changes_per_run_percent / 100),
            moved_per_run=Share(self.moved_per_run, self.moved_per_run_percent / 100),
            texts_per_run=Share(self.texts_per_run, self.texts_per_run_percent / 100),
            new_courses=self.new_courses,
            new_sections=self.new_sections,
            observed_drop=self.observed_drop_percent / 100,
            adds_go_on=self.adds_go_on,
        )


class PeopleSettings(BaseModel):
    """What becomes of people who have an account in Canvas already."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    existing: Literal["match", "ask", "never"] = "match"
    """If login, address and name agree: match (taken with the plan's yes), ask (each is a question), or never (not used)."""
    existing_write: Literal["never", "sis_id", "all"] = "never"
    """What may be written to an account that others made: never (nothing), sis_id (ours, if it has none), or all."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as Pacific
        raise ValueError("no IANA time zone, such as America/Los_Angeles") from error
    return name


def _store_url(text: str) -> str:
    if "://" not in text:
        raise ValueError("no URL, such as sqlite:////srv/ilc/store.db or postgresql+psycopg://user@host/ilc")
    return text


def _roles() -> dict[str, RoleSettings]:
    return {
        "teacher": RoleSettings(base="TeacherEnrollment"),
        "lead": RoleSettings(base="TaEnrollment", label="ILC Team Lead", limited=True),
        "student": RoleSettings(base="StudentEnrollment"),
        "guest": RoleSettings(base="StudentEnrollment", label="ILC Guest"),
    }


class Settings(ConsoleSettings):
    """Everything that can be set; environment over file over default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    url: str = ""
    """Address of Canvas, https only (http on this machine itself)."""
    token: SecretStr = SecretStr("")
    """Access token; better in a file that ILC_CANVAS_TOKEN_FILE names."""
    head_key: SecretStr = SecretStr("")
    """Private key (Ed25519, PEM) that signs the heads of the audit log; in a file that ILC_CANVAS_HEAD_KEY_FILE names."""
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$")] = "self"
    """The account below which the program's own sub-account stands: self, a number or sis_account_id:..."""
    store: Annotated[str, AfterValidator(_store_url)] = Field(default_factory=data_store, repr=False)
    """SQLAlchemy URL of the store: sqlite:///... or postgresql+psycopg://...; it may hold a password, so it is never shown whole."""
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")] = "ilc"
    """Begins every SIS id of ours: the scope. Nothing outside it is touched."""
    account_name: Annotated[str, Field(min_length=1, max_length=200)] = "ILC"
    """Name of the sub-account."""
    time_zone: Annotated[str, AfterValidator(_zone)] = "America/Los_Angeles"
    """Of the term and the courses."""
    in_flight: Annotated[int, Field(ge=1, le=12)] = 10
    """Calls to Canvas at once; Canvas refuses the 13th."""
    settle_seconds: Annotated[float, Field(ge=0, le=3600)] = 120
    """How long an unanswered write may still appear in Canvas."""
    reread_seconds: Annotated[float, Field(ge=0, le=600)] = 30
    """Between two readings that must agree."""
    grace_hours: Annotated[float, Field(ge=0, le=720)] = 0
    """How long a removal waits that nobody approved."""
    repair: bool = False
    """Whether what people changed by hand in Canvas is set back."""
    course_dates: bool = False
    """Whether a COP's course has the COP's dates; otherwise it goes with the term."""
    ending: Literal["deactivate", "conclude"] = "deactivate"
    """What leaving means: deactivate (hidden from the course) or conclude (may still read)."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What goes to the log: from this level on."""
    http_host: str = "127.0.0.1"
    """Where the worker answers /healthz, /readyz and /metrics; 0.0.0.0 in a container."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Its port; 0: it does not."""
    smtp_host: str = ""
    """The server that takes our mail; empty: nothing is mailed."""
    smtp_port: Annotated[int, Field(gt=0, le=65535)] = 587
    """Its port."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is protected; none only to this machine itself."""
    smtp_user: str = ""
    """Who we are there; empty: nobody asks."""
    smtp_password: SecretStr = SecretStr("")
    """The password; better in a file that ILC_CANVAS_SMTP_PASSWORD_FILE names."""
    mail_from: str = ""
    """The sender of our mail."""
    mail_to: tuple[str, ...] = ()
    """Who gets it."""
    webhook_url: SecretStr = SecretStr("")
    """An address that takes our notices as JSON, https only (http on this machine itself); often a secret: ILC_CANVAS_WEBHOOK_URL_FILE."""
    silence_hours: Annotated[float, Field(gt=0, le=720)] = 26
    """Without a good run for so long somebody is told."""
    retention_days: Annotated[int, Field(ge=30, le=3650)] = 400
    """How long names in superseded rosters, old plans and old events are kept."""
    roles: dict[Literal["teacher", "lead", "student", "guest"], RoleSettings] = Field(default_factory=_roles)  # type: ignore[arg-type]
    """What our roles are in Canvas; one that is left out keeps its default."""
    people: PeopleSettings = PeopleSettings()
    """What becomes of people who have an account already."""
    schedule: ScheduleSettings = ScheduleSettings()
    """When the worker does what."""
    roster: RosterSettings = RosterSettings()
    """How the office's files are read."""
    guard: GuardSettings = GuardSettings()
    """When a plan is held."""
    courses: CourseSettings = CourseSettings()
    """Where the texts of the courses are."""
    office: OfficeSettings = OfficeSettings()
    """What they say about the office."""
    _token_given: bool = PrivateAttr(default=False)

    @property
    def newest_token(self) -> str:
        """The token as its file has it by now, so that one that was replaced there is used; as it was set if no file is named, and as it
        was read while the file is being replaced.
        """
        with suppress(SettingsError):
            return (not self._token_given and secret_in("token")) or self.token.get_secret_value()
        return self.token.get_secret_value()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Secret files, then environment, then the TOML file."""
        return (init_settings, _SecretFiles(settings_cls), env_settings, TomlConfigSettingsSource(settings_cls, config_file()))

    @property
    def address(self) -> str:
        """Canvas's address in its one spelling: so it is asked, and so the store keeps it."""
        return normal_address(self.url)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the schedule, of the term and of what people read."""
        return ZoneInfo(self.time_zone)

    @property
    def policy(self) -> Policy:
        """The rules by which a roster becomes courses."""
        return policy_of(noted(self))

    def scope(self, school_year: str) -> str:
        """ilc:2021-22"""
        return names.scope(self.prefix, school_year)

    def canvas_scope(self, school_year: str) -> CanvasScope:
        """The Canvas, and the scope of this school year."""
        return CanvasScope(self.address, self.scope(school_year))

    def closed_until(self, at: datetime) -> datetime | None:
        """Until when the calendar wants nothing to be written; None if something may be."""
        until = closed_until(self.schedule.blackout, at.astimezone(self.zone))
        return until.replace(tzinfo=self.zone) if until else None


def noted(settings: Settings) -> dict[str, Any]:
    """What the audit log keeps of the settings, by name (guard.new_courses): all but secrets and the store's address."""
    flat: dict[str, Any] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if name != "store" and not isinstance(value, SecretStr):
            _flatten(flat, name, value)
    return flat


def _flatten(flat: dict[str, Any], name: str, value: Any) -> None:
    inner = value.model_dump() if isinstance(value, BaseModel) else value
    if not isinstance(inner, Mapping):
        flat[name] = list(inner) if isinstance(inner, tuple) else inner  # as JSON gives it back
        return
    for key, each in inner.items():
        _flatten(flat, f"{name}.{key}", each)


class _SecretFiles(PydanticBaseSettingsSource):
    """ILC_CANVAS_<KEY>_FILE names a file that holds the value of <KEY>; its last line break is dropped."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """The content of the file that the environment names, or None."""
        return secret_in(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values that stand in files."""
        found = {name: self.get_field_value(None, name)[0] for name in _SECRETS}
        return {name: value for name, value in found.items() if value is not None}


_SECRETS = ("token", "store", "head_key", "smtp_password", "webhook_url", "console_oidc_secret", "console_canvas_secret")


def read_settings(**given: Any) -> Settings:
    """The settings now. SettingsError names every wrong key or value, and never shows a value."""
    _check_environment(os.environ)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        lines = [f"  {_where(problem['loc'])}: {_said(problem)}" for problem in error.errors()]
        raise SettingsError("\n".join(["The settings cannot be used. Nothing was done.", *lines])) from error
    except TOMLDecodeError as error:
        raise SettingsError(f"{config_file()} is not a TOML file: {error}. Nothing was done.") from error
    except pydantic_settings.SettingsError as error:
        raise SettingsError(f"A table in the environment must be JSON: {error}. Nothing was done.") from error
    settings._token_given = "token" in given
    return settings.model_copy(update={"roles": {**_roles(), **settings.roles}})


def _where(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in place if part != "[key]")


def _said(problem: Mapping[str, Any]) -> str:
    place = [part for part in problem["loc"] if part != "[key]"]
    if problem["type"] == "extra_forbidden" or len(place) < len(problem["loc"]):
        return f"there is no such setting{_nearest(place)}"
    return str(problem["msg"]).removeprefix("Value error, ")


def _nearest(place: Sequence[int | str]) -> str:
    """Of the settings in the same table; of all, if the table itself is none."""
    field = Settings.model_fields.get(str(place[0])) if len(place) > 1 else None
    known = getattr(field.annotation, "model_fields", None) if field else None
    near = get_close_matches(str(place[-1]), known or _every_name(), 1)
    return f"; is it {near[0]}?" if near else ""


def _every_name() -> list[str]:
    tables = (Settings, GuardSettings, ScheduleSettings, PeopleSettings, RoleSettings, RosterSettings, CourseSettings, OfficeSettings)
    return [*(name for table in tables for name in table.model_fields), *_roles()]


def _check_environment(environment: Mapping[str, str]) -> None:
    """A misspelled variable would be ignored in silence: refuse it."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}CONFIG"}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in _SECRETS}
    wrong = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if wrong:
        near = get_close_matches(wrong[0], known, 1)
        raise SettingsError(f"There is no setting {wrong[0]}{f'; is it {near[0]}?' if near else '.'} Nothing was done.")
