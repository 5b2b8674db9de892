"""How a page of a course looks in Canvas, near enough to judge its text on a phone and on a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https:"
_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; font-family: Lato, "Lato Extended", "Helvetica Neue", Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.5;
  color: #2D3B45; background: #FFFFFF; }
.preview { margin: 0; padding: 6px 16px; background: #394B58; color: #FFFFFF; font-size: 14px; }
.frame { display: flex; }
.rail { flex: 0 0 64px; min-height: 100vh; background: #394B58; }
.inner { flex: 1; min-width: 0; }
.crumbs { padding: 16px 24px; border-bottom: 1px solid #C7CDD1; }
.crumbs ol { margin: 0; padding: 0; list-style: none; }
.crumbs li { display: inline; }
.crumbs li + li::before { content: "\\203A"; padding: 0 8px; color: #56656F; }
.columns { display: flex; }
.tabs { flex: 0 0 192px; padding: 12px 0 12px 24px; }
.tabs ul { margin: 0; padding: 0; list-style: none; }
.tabs a { display: block; padding: 8px; }
.tabs a[aria-current] { border-left: 3px solid #2D3B45; color: #2D3B45; text-decoration: none; }
main { flex: 1; min-width: 0; padding: 12px 24px 48px; overflow-wrap: break-word; }
h1 { margin: 0 0 16px; padding-bottom: 12px; border-bottom: 1px solid #C7CDD1; font-size: 28px; font-weight: 400; line-height: 1.25; }
.user_content h2 { margin: 24px 0 8px; font-size: 24px; font-weight: 400; line-height: 1.25; }
.user_content h3 { margin: 12px 0 6px; font-size: 18px; font-weight: 700; }
.user_content p, .user_content ul, .user_content ol { margin: 12px 0; }
.user_content ul, .user_content ol { padding-left: 25px; }
.user_content blockquote { margin: 12px 0; padding-left: 16px; border-left: 5px solid #EEEEEE; }
.user_content td { vertical-align: top; }
a { color: #0374B5; }
.module { margin: 0 0 24px; padding: 0; border: 1px solid #C7CDD1; list-style: none; }
.module h2 { margin: 0; padding: 12px 16px; background: #F5F5F5; font-size: 16px; font-weight: 700; }
.module ul { margin: 0; padding: 0; list-style: none; }
.module li { padding: 12px 16px; border-top: 1px solid #C7CDD1; }
.kind { display: inline-block; min-width: 88px; color: #56656F; font-size: 14px; }
.draft { color: #56656F; font-style: italic; font-weight: 400; }
@media (max-width: 767px) {
  .rail { display: none; }
  .columns { display: block; }
  .crumbs { padding: 12px 16px; }
  .tabs { padding: 0 16px; border-bottom: 1px solid #C7CDD1; }
  .tabs li { display: inline-block; }
  .tabs a[aria-current] { border-left: 0; border-bottom: 3px solid #2D3B45; }
  main { padding: 12px 16px 48px; }
}
"""


@dataclass(frozen=True)
class Entry:
    """One entry of the course's navigation."""

    label: str
    file: str
    current: bool


@dataclass(frozen=True)
class Crumb:
    """One step of the way to a page; without a file it is the page itself."""

    label: str
    file: str


def screen(title: str, body: str, *, tabs: Sequence[Entry], crumbs: Sequence[Crumb]) -> str:
    """A whole page. Whatever a text holds, nothing runs in it and nothing but pictures is loaded."""
    entries = "".join(_entry(each) for each in tabs)
    way = "".join(_crumb(each) for each in crumbs)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        '<header class="preview">Preview. Nothing has been sent to Canvas.</header>\n'
        f'<div class="frame"><div class="rail"></div><div class="inner">\n'
        f'<nav class="crumbs" aria-label="Breadcrumbs"><ol>{way}</ol></nav>\n'
        f'<div class="columns"><nav class="tabs" aria-label="Course"><ul>{entries}</ul></nav>\n'
        f"<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</div>\n</div>\n</div>\n</body>\n</html>\n"
    )


def _entry(entry: Entry) -> str:
    current = ' aria-current="page"' if entry.current else ""
    return f'<li><a href="{escape(entry.file)}"{current}>{escape(entry.label)}</a></li>'


def _crumb(crumb: Crumb) -> str:
    return f'<li><a href="{escape(crumb.file)}">{escape(crumb.label)}</a></li>' if crumb.file else f"<li>{escape(crumb.label)}</li>"
