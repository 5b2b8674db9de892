"""Whether two spellings of a name can be the same person: a hint beside login and address, never evidence by itself."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_DROPPED = re.compile(r"['’ʼ`´.]")
_WORDS = re.compile(r"[^\W_]+")
_TITLES = frozenset(["jr", "sr", "ii", "iii", "iv", "dr", "mr", "mrs", "ms", "mx", "prof", "phd", "edd", "med", "md", "esq"])
_SHORTEST = 2  # letters in a short form that begins the long one
_SHORT_FORMS = """
    abby:abigail al:albert:alan:alfred andy:andrew:andres angie:angela barb:barbara becky:rebecca ben:benjamin bernie:bernard
    beth:elizabeth betty:elizabeth liz:elizabeth lisa:elizabeth bill:william will:william bob:robert rob:robert bobby:robert
    carrie:caroline cathy:catherine kathy:katherine:kathleen kate:katherine katie:katherine chuck:charles charlie:charles chris:christopher
    cindy:cynthia concha:concepcion dan:daniel danny:daniel dave:david debbie:deborah dick:richard rick:richard ed:edward:edgar
    eddie:edward fran:frances:francisco frank:francis:franklin fred:frederick gabi:gabriela gabe:gabriel gene:eugene greg:gregory
    hank:henry jack:john jake:jacob jim:james jimmy:james jenny:jennifer jerry:gerald:jerome joe:joseph jon:jonathan kim:kimberly
    larry:lawrence lupe:guadalupe maggie:margaret peggy:margaret meg:margaret manny:manuel marty:martin matt:matthew mike:michael
    mickey:michael nacho:ignacio nate:nathan:nathaniel ned:edward nick:nicholas pam:pamela paco:francisco pancho:francisco
    pat:patricia:patrick patty:patricia pepe:jose pete:peter ray:raymond:ramon ron:ronald sam:samuel:samantha sandy:sandra
    steve:steven:stephen sue:susan susie:susan ted:theodore:edward terry:theresa
    tere:teresa tim:timothy tom:thomas tony:anthony:antonio toni:antonia
    val:valerie
    vicky:victoria wally:walter zach:zachary
"""
_SHORT = {short: frozenset(longs) for short, *longs in (entry.split(":") for entry in _SHORT_FORMS.split())}


def names_agree(name: str, sortable_name: str, other: str) -> bool:
    """Whether `other` can be the person with this name, whose sortable name is "Family, Given".

    One family name and one given name must be found in `other`, in any order. Accents, letter case, punctuation, titles and suffixes
    make no difference; a given name may be an initial or a short form (Bob, Alex); a second family or given name may be missing on
    either side. A one-word name must be the same word.
    """
    family, given = _parts(name, sortable_name)
    words = list(_words(other))
    if not given:
        return sorted(family) == sorted(words)
    return any(any(_given_agrees(mine, theirs) for mine in given for theirs in _without(words, word)) for word in words if word in family)


def _parts(name: str, sortable_name: str) -> tuple[list[str], list[str]]:
    """Family names and given names; if the sortable name has no comma, the last word is the family name."""
    before, comma, after = sortable_name.partition(",")
    if comma and list(_words(after)):
        return list(_words(before)), list(_words(after))
    words = list(_words(name))
    return words[-1:], words[:-1]


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without accents, punctuation, titles or suffixes."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = _DROPPED.sub("", "".join(char for char in plain if not unicodedata.combining(char)))
    yield from (word for word in _WORDS.findall(plain) if word not in _TITLES)


def _without(words: Iterable[str], word: str) -> list[str]:
    rest = list(words)
    rest.remove(word)
    return rest


def _given_agrees(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long or (len(short) == 1 and long.startswith(short)):
        return True
    begins = len(short) >= _SHORTEST and long.startswith(short)
    return begins or long in _SHORT.get(short, ()) or short in _SHORT.get(long, ()) or bool(_longs(short) & _longs(long))


def _longs(word: str) -> frozenset[str]:
    return _SHORT.get(word, frozenset())
