"""What a browser calls itself, in a few words that its owner knows it by."""

_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox/": "Firefox", "FxiOS": "Firefox"}
_BROWSERS |= {"CriOS": "Chrome", "Chrome/": "Chrome", "Chromium/": "Chromium", "Safari/": "Safari"}
_SYSTEMS = {"iPhone": "an iPhone", "iPad": "an iPad", "Android": "Android", "CrOS": "a Chromebook", "Windows": "Windows"}
_SYSTEMS |= {"Macintosh": "a Mac", "Linux": "Linux"}


def browser_of(agent: str) -> str:
    """Firefox on Windows; "A browser" for one that does not say. Many use the names of others as well: the first that fits counts."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "A browser")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return f"{browser} on {system}" if system else browser
