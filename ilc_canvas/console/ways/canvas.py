"""Signing in with Canvas: it says who somebody is, by number, and grants nothing, so that there is nothing to keep."""

from dataclasses import dataclass
from typing import Any

from authlib.integrations.base_client import BaseApp, OAuth2Mixin
from authlib.integrations.httpx_client import OAuth2Client

from ilc_canvas.console.ways.remote import SECONDS, Departure, asking, checked_address
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings

_NAME = "Canvas"
_SCOPE = "/auth/userinfo"
"""Who it is, and no access: the token that comes with the answer is null."""


@dataclass(frozen=True)
class CanvasSignIn:
    """One Canvas, and this console as its client by a developer key."""

    address: str
    client: str
    secret: str

    def depart(self, back: str) -> Departure:
        """The way there."""
        with asking(_NAME):
            made = self._app().create_authorization_url(back)
            return Departure(made["url"], made["state"], "", made["code_verifier"])

    def arrive(self, code: str, back: str, *, verifier: str) -> int:
        """The number of the account that this code is about. SignInError if Canvas says no, or somebody acts for somebody else."""
        with asking(_NAME):
            answer = self._app().fetch_access_token(back, code=code, code_verifier=verifier)
            return _number(dict(answer))

    def _app(self) -> "_App":
        settings = {"scope": _SCOPE, "code_challenge_method": "S256", "timeout": SECONDS, "follow_redirects": False}
        return _App(
            None,
            client_id=self.client,
            client_secret=self.secret,
            authorize_url=f"{self.address}/login/oauth2/auth",
            access_token_url=f"{self.address}/login/oauth2/token",
            client_kwargs={**settings, "token_endpoint_auth_method": "client_secret_post"},
        )


class _App(OAuth2Mixin, BaseApp):  # type: ignore[misc] # authlib has no types
    """authlib's client, without a framework."""

    client_cls = OAuth2Client


def _number(answer: dict[str, Any]) -> int:
    """Whom the answer names. ValueError for one that names nobody, or an administrator who acts for somebody."""
    number = answer["user"]["id"]
    if "real_user" in answer or not isinstance(number, int) or number <= 0:
        raise ValueError("nobody")
    return number


def canvas_of(settings: Settings) -> CanvasSignIn | None:
    """The sign-in with Canvas, if the settings have a developer key for it. SettingsError if they have it in part."""
    client, secret = settings.console_canvas_client, settings.console_canvas_secret.get_secret_value()
    if not client and not secret:
        return None
    if not (client and secret and settings.url):
        raise SettingsError("Signing in with Canvas needs console_canvas_client, _secret and url together. The console was not started.")
    return CanvasSignIn(checked_address("url", settings.address), client, secret)
