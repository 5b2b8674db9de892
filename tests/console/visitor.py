"""A browser on its way over another sign-in."""

from dataclasses import dataclass, field

import requests

from tests.console.cast import SAME

CROSS = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


@dataclass
class Visitor:
    """A browser that keeps cookies as browsers do: those of ours do not come along from elsewhere."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, cross: bool = False) -> requests.Response:
        """A page; `cross`: led there by another site."""
        cookie = {} if cross or not self.cookies else {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers = {**(CROSS if cross else SAME), **cookie}
        answer = requests.get(f"{self.url}{path}", headers=headers, allow_redirects=False, timeout=30)
        for name, value in answer.cookies.items():
            self.cookies[name] = value.strip('"')
        for name in [each for each in self.cookies if f'{each}=""' in answer.headers.get("Set-Cookie", "")]:
            del self.cookies[name]
        return answer

    def leave(self, query: str = "") -> str:
        """Off to the school, and the way back that it names."""
        away = self.get(f"/sign-in/school{query}").headers["Location"]
        back = requests.get(away, allow_redirects=False, timeout=30).headers["Location"]
        return str(back.removeprefix(self.url))

    def come(self, back: str) -> requests.Response:
        """Back: once from elsewhere, then from our own page."""
        first = self.get(back, cross=True)
        assert f'content="0; url={back.replace("&", "&amp;")}&amp;here=1"' in first.text
        return self.get(f"{back}&here=1")

    @property
    def is_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.get("/").status_code == 200
