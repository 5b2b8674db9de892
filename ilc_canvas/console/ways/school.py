"""The school's sign-in: OpenID Connect with code, PKCE, state and nonce, all of it by authlib; keys are those that the school publishes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from authlib.integrations.httpx_client import OAuth2Client

from ilc_canvas.console.refusals import FRESH
from ilc_canvas.console.ways.remote import SECONDS, Departure, asking, checked_address
from ilc_canvas.reconcile.errors import SettingsError, SignInError
from ilc_canvas.settings import Settings

_NAME = "The school's sign-in"
_KEPT = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "token_endpoint_auth_methods_supported")
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""By a key of the school's own: not by our secret, and not at all unsigned."""
_LEEWAY = timedelta(minutes=2)
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Proof:
    """Whom the school means, and whether that person has just proved it there."""

    subject: str
    is_fresh: bool


@dataclass(frozen=True)
class School:
    """One issuer, and this console as its client."""

    issuer: str
    client: str
    secret: str

    def depart(self, back: str, *, again: bool) -> Departure:
        """The way there; with `again` whoever has signed in there proves it once more. SignInError if it does not answer."""
        more = {"prompt": "login", "max_age": "0"} if again else {}
        with asking(_NAME):
            made = self._app().create_authorization_url(back, **more)
            return Departure(made["url"], made["state"], made["nonce"], made["code_verifier"])

    def arrive(self, code: str, back: str, *, nonce: str, verifier: str, at: datetime) -> Proof:
        """Whom this code is about. SignInError if the school, or the token that it gives for the code, says anything else than it must."""
        app = self._app()
        with asking(_NAME):
            token = app.fetch_access_token(back, code=code, code_verifier=verifier)
            claims = app.parse_id_token(token, nonce, claims_options=self._expected(), leeway=_LEEWAY.seconds)
            if claims is None:
                raise ValueError("no token that says who it is")
            return _proof(dict(claims), at)

    def _expected(self) -> dict[str, dict[str, object]]:
        return {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }

    def _app(self) -> "_App":
        settings = {"scope": "openid", "code_challenge_method": "S256", "timeout": SECONDS, "follow_redirects": False}
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        return _App(
            None, client_id=self.client, client_secret=self.secret, client_kwargs=settings, server_metadata_url=address, wanted=self.issuer
        )


class _App(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc] # authlib has no types
    """authlib's client, without a framework."""

    client_cls = OAuth2Client
    client_kwargs: dict[str, Any]
    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        """What the school publishes about itself: only what we need, only if it is about this issuer."""
        wanted = self.server_metadata.get("wanted")
        if wanted is None:
            return dict(self.server_metadata)
        found = super().load_server_metadata()
        if found.get("issuer") != wanted:
            raise SignInError("odd", f"{_NAME} answers for another issuer than the settings name. Nothing was changed. Tell the operator.")
        known = {name: found[name] for name in _KEPT if name in found}
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _require_safe(str(known.get(name, "")))
        self.client_kwargs = {**self.client_kwargs, "token_endpoint_auth_method": _method(known)}
        self.server_metadata = {**known, "id_token_signing_alg_values_supported": list(_SIGNED), "_loaded_at": 0}
        return self.server_metadata


def _require_safe(address: str) -> None:
    try:
        checked_address("", address)
    except SettingsError as error:
        raise SignInError("odd", f"{_NAME} leads to an address without https. Nothing was changed. Tell the operator.") from error


def _method(known: dict[str, Any]) -> str:
    """How the console proves itself there: as the standard has it, or in the form if the school takes nothing else."""
    methods = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"


def _proof(claims: dict[str, Any], at: datetime) -> Proof:
    subject, proved = claims["sub"], claims.get("auth_time")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST or not subject.isprintable():
        raise ValueError("no subject")
    if not isinstance(proved, int | float):
        return Proof(subject, is_fresh=False)
    return Proof(subject, -_LEEWAY.seconds <= at.timestamp() - proved < FRESH.seconds)


def school_of(settings: Settings) -> School | None:
    """The school's sign-in, if the settings name one. SettingsError if they do so in part."""
    given = (settings.console_oidc_issuer, settings.console_oidc_client, settings.console_oidc_secret.get_secret_value())
    if not any(given):
        return None
    if not all(given):
        raise SettingsError("The school's sign-in needs console_oidc_issuer, _client and _secret together. The console was not started.")
    return School(checked_address("console_oidc_issuer", given[0]), given[1], given[2])
