"""Names: short and long, in any script."""

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hima_kg.errors import ProjectError
from hima_kg.spellings import fold, initials, romanize, search_keys
from hima_kg.terms import COMMON, Prefixes, label

NAMES = Prefixes({"": "https://example.org/", "x": "https://example.org/x/"})


def is_iri(text: str) -> bool:
    """Whether the engine takes a text for an IRI."""
    try:
        return bool(ox.NamedNode(text))
    except ValueError:
        return False


@given(
    st.text(st.characters(codec="utf-8", exclude_characters='<>"{}|^`\\ ', exclude_categories=["Cc", "Cs", "Zs"]), min_size=1)
)
def test_curies_round_trip(local: str) -> None:
    """An IRI made short and long again is the same, whatever the engine allows to stand in it."""
    iri = "https://example.org/" + local
    assume(is_iri(iri))
    assert NAMES.expand(NAMES.compact(iri)) == iri


def test_longest_namespace() -> None:
    """The longest namespace that fits gives the prefix."""
    assert NAMES.compact("https://example.org/x/y") == "x:y"


def test_unknown_prefix() -> None:
    """A prefix that is not declared is refused, with the near one."""
    with pytest.raises(ProjectError, match="skoss: is not declared") as caught:
        NAMES.expand("skoss:prefLabel")
    assert caught.value.hint == "did you mean skos:prefLabel?"


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("신라", "silla"),
        ("독립문", "dongnimmun"),
        ("왕십리", "wangsimni"),
        ("벚꽃", "beotkkot"),
        ("한밭", "hanbat"),
        ("구미", "gumi"),
        ("영동", "yeongdong"),
        ("칠곡", "chilgok"),
    ],
)
def test_romanized(hangul: str, latin: str) -> None:
    """Hangul is romanised as the National Institute of Korean Language's own examples are."""
    assert romanize(hangul) == latin


@pytest.mark.parametrize(("pinyin", "letters"), [("Hóngméng Zhìxíng", "hmzx"), ("Xiǎngjiè", "xj"), ("Wènjiè", "wj")])
def test_initials(pinyin: str, letters: str) -> None:
    """The initials of a pinyin name are those of its syllables, where the syllables run together too."""
    assert initials(pinyin) == letters


def test_same_text_in_other_forms() -> None:
    """Full width, decomposed and accented letters are the same to a search; Hangul stays whole."""
    assert fold("ＡＢ") == fold("ab") == "ab"
    assert fold("\u1112\u1161\u11ab") == "한"
    assert "wenjie" in search_keys([("Wèn jiè", "zh-latn-pinyin")])


def test_label_falls_back() -> None:
    """A name that is not there in a language is given in the next best, and pinyin is no Chinese name."""
    assert label({"en": "lamp", "zh-hans": "灯", "zh-latn-pinyin": "dēng"}, "zh") == "灯"
    assert label({"ko": "등"}, "en") == "등"
    assert label({}, "en") is None
    for names in ({"zh-hant": "燈", "zh-hans": "灯"}, {"zh-hans": "灯", "zh-hant": "燈"}):
        assert label(names, "zh") == "灯"  # in one script everywhere, however the names are ordered


def test_common_prefixes_are_written() -> None:
    """Where a project has a second prefix for a namespace that everybody knows, the common one is written."""
    names = Prefixes({"core": COMMON["skos"], "a": "https://example.org/"})
    assert names.compact(COMMON["skos"] + "prefLabel") == "skos:prefLabel"
    assert names.expand("core:prefLabel") == COMMON["skos"] + "prefLabel"
