"""How people write a name: folded, in pinyin and its initials, in romanised Hangul; the keys by which they search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize


def fold(text: str) -> str:
    """Return the text without case, width, tone marks and accents, for comparing.

    >>> fold("ＭＯＴＨ"), fold("Hǔpò"), fold("호박")
    ('moth', 'hupo', '호박')
    """
    spread = normalize("NFKD", text).casefold()
    return normalize("NFC", re.sub("[\u0300-\u036f]", "", spread)).strip()


def search_keys(names: Iterable[tuple[str, str]]) -> list[str]:
    """Return the sorted keys under which names, given with their language tags, are found.

    >>> search_keys([("Hǔpò", "zh-latn-pinyin"), ("호박", "ko")])
    ['hobak', 'hp', 'hupo', '호박']
    """
    keys: set[str] = set()
    for name, lang in names:
        keys.update((fold(name), re.sub(r"[\W_]+", "", fold(name))))
        if lang.startswith("zh-latn"):
            keys.add(initials(name))
        if lang.split("-")[0] == "ko":
            keys.add(romanize(name))
    return sorted(keys - {""})


# Mandarin syllables without tones: an optional initial, then the longest final that leaves a syllable to follow.
_SYLLABLE = re.compile(
    r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(iang|uang|iong|ang|eng|ing|ong|iao|uai|ian|uan|van|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|er|a|o|e|i|u|v)"
    r"(?![aeiouv])"
)


def initials(pinyin: str) -> str:
    """Return the first letters of the syllables of a pinyin name.

    >>> initials("Hóngméng Zhìxíng")
    'hmzx'
    """
    return "".join(found.group()[0] for found in _SYLLABLE.finditer(fold(pinyin)))


_LEADS = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_TAILS = "|k|k|k|n|n|n|t|l|k|m|l|l|l|p|l|m|p|p|t|t|ng|t|t|k|t|p|t".split("|")
_LIAISON = "|g|kk|gs|n|nj|n|d|r|lg|lm|lb|ls|lt|lp|r|m|b|ps|s|ss|ng|j|ch|k|t|p|".split("|")
# Where a tail meets a lead, Revised Romanisation writes the assimilated sounds (National Institute, section 3.1).
_MEETING = {
    **{("k", x): ("ng", x) for x in "nm"},
    **{("t", x): ("n", x) for x in "nm"},
    **{("p", x): ("m", x) for x in "nm"},
    ("k", "r"): ("ng", "n"),
    ("t", "r"): ("n", "n"),
    ("p", "r"): ("m", "n"),
    ("m", "r"): ("m", "n"),
    ("ng", "r"): ("ng", "n"),
    ("n", "r"): ("l", "l"),
    ("l", "n"): ("l", "l"),
    ("l", "r"): ("l", "l"),
}


def romanize(korean: str) -> str:
    """Return Hangul in Revised Romanisation, folded, without spaces: a key to search by, not a name to show.

    >>> romanize("신라"), romanize("독립문"), romanize("화웨이")
    ('silla', 'dongnimmun', 'hwawei')
    """
    sounds: list[str] = []
    tail = 0
    for char in normalize("NFC", korean) + " ":
        code = ord(char) - 0xAC00
        hangul = 0 <= code < 11172
        lead = _LEADS[code // 588] if hangul else ""
        if tail and hangul and not lead:
            sounds.append(_LIAISON[tail])
        elif tail:
            ending, lead = _MEETING.get((_TAILS[tail], lead), (_TAILS[tail], lead))
            sounds.append(ending)
        sounds.append(lead + _VOWELS[code % 588 // 28] if hangul else fold(char))
        tail = code % 28 if hangul else 0
    return "".join(sounds)
