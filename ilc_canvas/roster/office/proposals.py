"""An office's own words in the cells of a file, with what they seem to mean, as lines for the settings."""

from collections import defaultdict
from collections.abc import Iterable

from ilc_canvas.roster.files.headers import to_paste
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.office.rewriting import as_word
from ilc_canvas.roster.rows import WORDS

_MOST = 20  # words of one column


def proposed_values(findings: Iterable[Finding]) -> tuple[str, ...]:
    """A table of the settings for each column with words that are not known and look like known ones."""
    by_column: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for finding in findings:
        meant = as_word(finding.value, WORDS[finding.column]) if finding.text == "is not known here." and finding.column in WORDS else ""
        if meant and len(by_column[finding.column]) < _MOST:
            by_column[finding.column][finding.value] = meant
    return tuple(to_paste(f"roster.values.{column}", words) for column, words in by_column.items())
