"""Names of things: namespaces and CURIEs, labels by language, and the keys by which people search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from unicodedata import normalize

from .errors import ProjectError, nearest

KG = "https://w3id.org/hima-kg/core#"
GRAPH = "https://w3id.org/hima-kg/graph/"
RULE = "https://w3id.org/hima-kg/rule/"
PERIOD = "https://w3id.org/hima-kg/period/"
CLAIMS, ONTOLOGY, DERIVED = GRAPH + "claims", GRAPH + "ontology", GRAPH + "derived"

COMMON = {
    "kg": KG,
    "conflict": "https://w3id.org/hima-kg/conflict/",
    "graph": GRAPH,
    "period": PERIOD,
    "rule": RULE,
    "dct": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sdo": "https://schema.org/",
    "state": "https://w3id.org/hima-kg/state/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# A local name that needs no escaping in Turtle and SPARQL alike (a subset of PN_LOCAL).
# \w would be too wide: it has ª, ², ① and signs beyond the basic plane, which Turtle or SPARQL refuse in names.
_CHARS = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_LOCAL = re.compile(f"[{_CHARS}0-9](?:[{_CHARS}0-9-]|\\.(?=[{_CHARS}0-9-]))*")
_SOUND = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`]+|urn:[^\s<>\"{}|\\^`]+")


class Prefixes(Mapping[str, str]):
    """Prefixes and their namespaces, both ways.

    >>> names = Prefixes({"ex": "http://example.org/"})
    >>> names.expand("ex:bike")
    'http://example.org/bike'
    >>> names.compact("http://example.org/bike")
    'ex:bike'
    >>> names.compact("http://example.com/")
    '<http://example.com/>'
    """

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        """Take the project's own prefixes; the common ones are known without being named."""
        self._namespaces = {**COMMON, **namespaces}
        named = sorted(((ns, prefix) for prefix, ns in self._namespaces.items()), key=lambda x: (-len(x[0]), x[1]))
        self._whole = {ns: prefix for ns, prefix in reversed(named) if ns.endswith(("/", "#"))}
        self._odd = [(ns, prefix) for ns, prefix in named if ns not in self._whole]

    def __getitem__(self, prefix: str) -> str:
        """Return the namespace of a prefix."""
        return self._namespaces[prefix]

    def __iter__(self) -> Iterator[str]:
        """Go through the prefixes in order."""
        return iter(sorted(self._namespaces))

    def __len__(self) -> int:
        """Return how many prefixes there are."""
        return len(self._namespaces)

    def expand(self, name: str) -> str:
        """Return the IRI of a CURIE, of `<iri>`, of an absolute IRI, or of a bare local name of the empty prefix.

        Raises ProjectError where the prefix is not declared.
        """
        if name.startswith("<") and name.endswith(">"):
            return _sound(name[1:-1])
        if _ABSOLUTE.fullmatch(name):
            return name
        prefix, colon, local = name.partition(":")
        if not colon:
            prefix, local = "", name
        if prefix not in self._namespaces:
            close = nearest(prefix, self._namespaces)
            hint = f"did you mean {close}:{local}?" if close else "declare it with @prefix in any file of the ontology"
            raise ProjectError(f"the prefix {prefix}: is not declared", hint=hint)
        return _sound(self._namespaces[prefix] + local)

    def compact(self, iri: str) -> str:
        """Return the shortest CURIE that Turtle and SPARQL take as it is, else `<iri>`."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1  # no local name has either, so no shorter namespace will do
        whole = self._whole.get(iri[:cut])
        for namespace, prefix in self._odd:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"{whole}:{iri[cut:]}" if whole is not None and _LOCAL.fullmatch(iri, cut) else f"<{iri}>"


def _sound(iri: str) -> str:
    """Return an IRI if it can be one: what it must not hold could change a query that it is put into."""
    if not _SOUND.fullmatch(iri):
        raise ProjectError(f"{iri!r} is not a name", hint="a name is a CURIE, an IRI without spaces, or a label in any script")
    return iri


def label(names: Mapping[str, str], lang: str) -> str | None:
    """Return the name in a language, else in a dialect of it, else in English, else in any; None if there is none.

    >>> label({"en": "bicycle", "zh-hans": "自行车"}, "zh")
    '自行车'
    """
    for wanted in (lang, "en"):
        for tag in sorted(names, key=len):
            if tag == wanted or (tag.startswith(wanted + "-") and "-latn" not in tag):
                return names[tag]
    return names[min(names)] if names else None


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
