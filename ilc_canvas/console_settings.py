"""Settings of the console: where it listens, who reaches it how, and who signs people in."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class ConsoleSettings(BaseSettings):
    """Part of the settings."""

    console_host: str = "127.0.0.1"
    """Where the console listens; elsewhere than on this machine it needs its public address."""
    console_port: Annotated[int, Field(gt=0, le=65535)] = 8080
    """Its port."""
    console_four_eyes: bool = True
    """Whether whoever imported or signed a roster may not approve its plans in the console."""
    console_address: str = ""
    """Its public address, https only: what staff type. Empty: this machine alone."""
    console_oidc_issuer: str = ""
    """The school's sign-in (OpenID Connect), as it names itself; empty: there is none."""
    console_oidc_client: str = ""
    """What the school calls this console."""
    console_oidc_secret: SecretStr = SecretStr("")
    """Its secret there; better in a file that ILC_CANVAS_CONSOLE_OIDC_SECRET_FILE names."""
