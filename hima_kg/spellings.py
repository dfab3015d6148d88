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


# How the National Institute of Korean Language writes Mandarin syllables: initials, and finals as they stand alone.
_INITIALS = dict(
    zip("b p m f d t n l g k h j q x zh ch sh r z c s".split(), "ㅂㅍㅁㅍㄷㅌㄴㄹㄱㅋㅎㅈㅊㅅㅈㅊㅅㄹㅉㅊㅆ", strict=True)
)
_FINALS = dict(
    pair.split(":")
    for pair in (
        "a:아 o:오 e:어 ai:아이 ei:에이 ao:아오 ou:어우 an:안 en:언 ang:앙 eng:엉 ong:웅 er:얼 "
        "i:이 ia:야 ie:예 iao:야오 iu:유 ian:옌 in:인 iang:양 ing:잉 iong:융 "
        "u:우 ua:와 uo:워 uai:와이 ui:우이 uan:완 un:운 uang:왕 v:위 ue:웨 ve:웨 van:위안 vn:윈 "
        "yi:이 ya:야 yo:요 ye:예 yao:야오 you:유 yan:옌 yin:인 yang:양 ying:잉 yong:융 yu:위 yue:웨 yuan:위안 yun:윈 "
        "wu:우 wa:와 wo:워 wai:와이 wei:웨이 wan:완 wen:원 wang:왕 weng:웡"
    ).split()
)
_JAMO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_PLAIN_VOWELS = {2: 0, 7: 5, 12: 8, 17: 13}
"""ya, ye, yo and yu, by their numbers, lose their glide after ㅈ, ㅉ and ㅊ."""


def hangul(pinyin: str) -> str:
    """Return a pinyin name as Korean writes it; empty where it is not made of Mandarin syllables.

    >>> hangul("Běijīng"), hangul("Hǔpò"), hangul("Lǚshùn"), hangul("Moth")
    ('베이징', '후포', '뤼순', '')
    """
    plain = normalize("NFC", re.sub("[\u0300\u0301\u0304\u030c]", "", normalize("NFKD", pinyin).casefold()))
    words = [_word(word) for word in plain.replace("ü", "v").split()]
    return " ".join(words) if all(words) else ""


_SYLLABLES = re.compile(f"({_SYLLABLE.pattern})+")


def _word(pinyin: str) -> str:
    pieces = re.split(r"[\W_]+", pinyin)
    if not all(map(_SYLLABLES.fullmatch, pieces)):
        return ""
    syllables = [_syllable(found[1] or "", found[2]) for piece in pieces for found in _SYLLABLE.finditer(piece)]
    return "".join(syllables) if all(syllables) else ""


def _syllable(initial: str, final: str) -> str:
    if initial in ("y", "w", ""):
        return _FINALS.get(initial + final, "")
    if initial in ("j", "q", "x") and final[0] == "u":
        final = "v" + final[1:]
    written = _FINALS.get(final)
    if not written:
        return ""
    vowel, tail = divmod((ord(written[0]) - 0xAC00) % 588, 28)
    lead = _JAMO.index(_INITIALS[initial])
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        vowel = 18
    elif _INITIALS[initial] in "ㅈㅉㅊ":
        vowel = _PLAIN_VOWELS.get(vowel, vowel)
    return chr(0xAC00 + (lead * 21 + vowel) * 28 + tail) + written[1:]
