"""Text that may be shown: without passcodes, and without what stands in a link behind its host."""

import re

_LINK = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)(?:[^/?#\s]*@)?([^/?#\s@]*)[^\s]*")
_WWW = re.compile(r"(?i)(?<![/\w.])((?:[a-z0-9-]+\.)+[a-z]{2,})[/?#][^\s]+")
_SECRET = re.compile(
    r"(?i)\b(pass\s*-?code|pass\s*-?word|pass\s*-?phrase|pwd|pin|access\s*code|meeting\s*id)(?:\b|(?=\d))(\s*(?:is|[:=#])?\s*)(\S.*)",
    re.DOTALL,
)


def without_passcodes(text: str) -> str:
    """The text with links cut after their host, and with nothing that follows a word such as passcode."""
    shown = _LINK.sub(lambda found: f"{found[1]}{found[2]}/…", text)
    shown = _WWW.sub(lambda found: f"{found[1]}/…", shown)
    return _SECRET.sub(lambda found: f"{found[1]}{found[2]}…", shown)
