"""Settings of the console: where it listens, who reaches it how, and who signs people in."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings


def _networks(given: tuple[str, ...]) -> tuple[str, ...]:
    for each in given:
        try:
            network = ip_network(each)
        except ValueError as error:
            raise ValueError(f"{each} is no network, such as 10.0.3.0/24") from error
        if not network.prefixlen:
            raise ValueError(f"{each} is everybody: name the networks of the proxies alone")
    return given


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
    console_canvas_client: str = ""
    """The number of the developer key by which facilitators sign in with Canvas; empty: they do not."""
    console_canvas_secret: SecretStr = SecretStr("")
    """Its secret; better in a file that ILC_CANVAS_CONSOLE_CANVAS_SECRET_FILE names."""
    console_proxies: Annotated[tuple[str, ...], AfterValidator(_networks)] = ()
    """Networks of the proxies in front of the console, such as 10.0.3.0/24: who visits is taken from their X-Forwarded-For."""
    console_proxy_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$")] = ""
    """A header in which these proxies say whom they have signed in; empty: they sign nobody in."""
