"""The page's own glyphs: Chinese, Japanese and Korean can be read on a machine that has no font for them."""

import json
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from playwright.sync_api import Browser, Page, sync_playwright

import hima_kg
from hima_kg.errors import ProjectError
from hima_kg.page import glyphs
from hima_kg.page.fonts import SHIPPED, embed, written
from hima_kg.page.glyphs import cut, installed
from tests.browser import launch

ONLY_DEJAVU = """<?xml version="1.0"?>
<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{cache}</cachedir></fontconfig>
"""
RULE = re.compile(r"/\* Glyphs cut from [^\n]* \*/\n@font-face \{[^}]*\}\n")

INKED = """signs => {
  const inked = (sign) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 }), pen = canvas.getContext("2d");
    pen.font = `24px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(sign, 4, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  return [...signs].map(inked);
}"""
"""The pixels of each sign, drawn on a canvas as the page draws its labels."""

SHOWN = """signs => document.getElementById("reading").replaceChildren(...[...signs].map((sign) => {
  const line = Object.assign(document.createElement("p"), { textContent: sign });
  line.style.cssText = "display: inline-block; width: 40px; height: 40px; margin: 0; font-size: 24px";
  return line;
}))"""
"""Each sign on a line of the panel."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on a machine that has DejaVu and no other font."""
    folder = tmp_path_factory.mktemp("fonts")
    (folder / "fonts.conf").write_text(ONLY_DEJAVU.format(cache=folder))
    with sync_playwright() as playwright:
        yield launch(playwright, env={"FONTCONFIG_FILE": str(folder / "fonts.conf")})


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Page]]:
    """Open a page; in the end it must have complained of nothing."""
    context, complaints = browser.new_context(viewport={"width": 1440, "height": 900}), list[str]()

    def opened(text: str) -> Page:
        (tmp_path / "page.html").write_text(text, "utf-8")
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def page(hima: hima_kg.KnowledgeGraph) -> str:
    """The page of the repository's own graph."""
    return hima.page()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no font is installed."""
    monkeypatch.setattr(glyphs, "FOLDERS", ())


def blank(page: str) -> str:
    """Take the faces out of a page, and let its style sheet pass as it is then."""
    before, after = (re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1] for text in (page, RULE.sub("", page)))
    return RULE.sub("", page).replace(digest(before), digest(after))


def digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def faces(rules: str) -> list[TTFont]:
    return [TTFont(BytesIO(b64decode(data))) for data in re.findall(r"base64,([^)]*)\)", rules)]


def covered(rules: str) -> str:
    return "".join(sorted({chr(code) for face in faces(rules) for code in face.getBestCmap()}))


def made(
    file: Path, characters: str, *, name: str = "Squares", size: int = 700, varies: bool = False, restricted: bool = False
) -> Path:
    """Make a font in which each character is a square, which varies from thin to thick if wanted."""
    builder = FontBuilder(1000, isTTF=True)
    names = {ord(sign): f"g{ord(sign)}" for sign in characters}
    order = [".notdef", *names.values()]
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    pen = TTGlyphPen(None)
    for step, point in enumerate([(0, 0), (0, size), (size, size), (size, 0)]):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    builder.setupGlyf(dict.fromkeys(order, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "copyright": "Nobody */ </style>"})
    builder.setupOS2(fsType=2 if restricted else 0)
    builder.setupPost()
    if varies:
        builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
        grow = TupleVariation({"wght": (0, 1, 1)}, [(0, 0), (0, 80), (80, 80), (80, 0), *[(0, 0)] * 4])
        builder.setupGvar({name: [grow] for name in names.values()})
    builder.save(file)
    return file


def test_readable_everywhere(visit: Callable[[str], Page], page: str) -> None:
    """On a machine without East Asian fonts, each character is drawn as itself, on the canvas and in the panel."""
    view = visit(page)
    assert view.evaluate("document.fonts.check('16px KG', '问界한국')")
    assert len(set(view.evaluate(INKED, "问界한국"))) == 4
    view.evaluate(SHOWN, "问界한국")
    lines = [line.screenshot() for line in view.query_selector_all("#reading p")]
    assert len(set(lines)) == 4


def test_tofu(visit: Callable[[str], Page], page: str) -> None:
    """Without the page's glyphs all of them would be one and the same box."""
    view = visit(blank(page))
    assert len(set(view.evaluate(INKED, "问界한국"))) == 1
    view.evaluate(SHOWN, "问界한국")
    lines = [line.screenshot() for line in view.query_selector_all("#reading p")]
    assert len(set(lines)) == 1


def test_first_drawing(visit: Callable[[str], Page], page: str) -> None:
    """The faces are loaded before anything is drawn, so no name is measured by the width of a box."""
    view = visit(page)
    assert set(view.evaluate("[...document.fonts].map(face => face.status)")) == {"loaded"}
    assert {face[0] for face in view.evaluate("[...document.fonts].map(face => [face.family])")} == {"KG"}


def test_quotes_stay_latin(visit: Callable[[str], Page], page: str) -> None:
    """Quotes, dashes and letters are as in a page without the faces: the machine's own font draws them."""
    assert visit(page).evaluate(INKED, "“”’—…Aé") == visit(blank(page)).evaluate(INKED, "“”’—…Aé")


def test_everything_written_is_covered(bare: None, hima: hima_kg.KnowledgeGraph, page: str) -> None:
    """What ships in the package has all the glyphs of the repository's graph; where it has not, `make fonts` cuts them anew."""
    made = hima.view()
    assert (made.html, made.problems) == (page, [])
    assert {*"问界享界智界鸿蒙아이토中文한국어"} <= {*covered(page)}


def test_size(page: str) -> None:
    """The page of the repository's graph, with its glyphs, has no more than 650,000 bytes."""
    assert len(page.encode()) <= 650_000


def test_same_bytes() -> None:
    """The same characters give the same bytes, whatever the hash seed."""
    program = "from hima_kg.page.fonts import embed; import hashlib; print(hashlib.sha256(embed('一世界鸿麒한').rules.encode()).hexdigest())"
    sums = {
        subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(sums) == 1


def test_only_what_is_written() -> None:
    """Of what ships, a page gets what it needs, and Latin letters need nothing."""
    assert embed(written("Zürich “quoted” – 2024")).rules == ""
    assert covered(embed("业鸿").rules) == "业鸿"
    assert "unicode-range: U+4E1A,U+9E3F;" in embed("业鸿").rules


@pytest.fixture
def noto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a collection of fonts that draw 麒 and 直 as squares, in Japan larger ones than in China."""
    collection = TTCollection()
    collection.fonts = [
        TTFont(made(tmp_path / f"{way}.ttf", "麒直", name=f"Squares {way}", size=size))
        for way, size in (("JP", 900), ("SC", 700))
    ]
    (tmp_path / "deep").mkdir()
    collection.save(tmp_path / "deep" / "NotoSansCJK-Regular.ttc")
    monkeypatch.setattr(glyphs, "FOLDERS", (str(tmp_path / "nowhere"), str(tmp_path)))
    return tmp_path / "deep" / "NotoSansCJK-Regular.ttc"


def test_installed_font(noto: Path) -> None:
    """What does not ship is cut from a font of this machine."""
    assert list(installed("SC")) == [noto]
    assert covered(embed("麒麟").rules) == "麒"
    assert embed("麒麟").missing == "麟"
    assert "Squares SC" in embed("麒").rules


def test_variants(noto: Path) -> None:
    """Readers of Japanese get Han as it is drawn in Japan, even where the package has it, and all others what ships."""
    assert "Squares JP" in embed("直", ["en", "ja"]).rules
    assert "Noto Sans CJK SC" in embed("直", ["en", "zh-hans", "ja"]).rules
    assert "Noto Sans CJK SC" in embed("直", ["ko"]).rules


def test_whose_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several fonts those of all variants come first, then the reader's own, then the others, each in the order of names."""
    names = (
        "NotoSansJP-Regular.otf",
        "NotoSansCJK-VF.otf.ttc",
        "NotoSansSC[wght].ttf",
        "NotoSans-Regular.ttf",
        "NotoSansCJK-Bold.ttc",
        "NotoSansKR-VF.ttf",
        "SourceHanSansCN-Regular.otf",
    )
    for name in names:
        (tmp_path / name).touch()
    monkeypatch.setattr(glyphs, "FOLDERS", (str(tmp_path),))
    assert [file.name for file in installed("SC")] == [
        "NotoSansCJK-VF.otf.ttc",
        "NotoSansSC[wght].ttf",
        "SourceHanSansCN-Regular.otf",
        "NotoSansJP-Regular.otf",
        "NotoSansKR-VF.ttf",
    ]
    assert next(file for file in installed("JP") if file.suffix == ".otf").name == "NotoSansJP-Regular.otf"


@pytest.mark.parametrize("varies", [False, True])
def test_named_font(tmp_path: Path, varies: bool) -> None:
    """A font that is named comes first, and is taken in its regular weight if it has several."""
    font = made(tmp_path / "squares.ttf", "界龘", varies=varies)
    embedded = embed("界한龘", font=font)
    first, second = faces(embedded.rules)
    assert {*first.getBestCmap()} == {*map(ord, "界龘")}
    assert {*second.getBestCmap()} >= {ord("한")}
    assert "fvar" not in first
    square = first["glyf"][first.getBestCmap()[ord("界")]]
    assert max(x for x, _ in square.coordinates) == (730 if varies else 700)


def test_no_font(run: Callable[..., subprocess.CompletedProcess[str]], tiny: Path, tmp_path: Path) -> None:
    """A font that is not there, is none, or may not be embedded is refused by name, with exit code 2."""
    for name, said in {"none.ttf": "does not exist", "broken.ttf": "is no font", "closed.ttf": "may not be embedded"}.items():
        if name == "broken.ttf":
            (tmp_path / name).write_text("no font")
        elif name == "closed.ttf":
            made(tmp_path / name, "琥", restricted=True)
        hima_kg.build(tiny)
        refused = run("view", "-o", "-", "--font", str(tmp_path / name), cwd=tiny)
        assert refused.returncode == 2
        assert said in refused.stderr
        assert refused.stdout == ""


def test_setting(tiny: Path) -> None:
    """`font` in the settings names a font, a change of which is a reason to build anew."""
    with (tiny / "hima-kg.toml").open("a") as settings:
        settings.write('font = "squares.ttf"\n')
    with pytest.raises(ProjectError, match=r"squares\.ttf is not a file"):
        hima_kg.build(tiny)
    made(tiny / "squares.ttf", "琥")
    assert "Squares" in hima_kg.build(tiny).page()
    assert not hima_kg.build(tiny).fresh
    made(tiny / "squares.ttf", "琥珀")
    assert hima_kg.build(tiny).fresh


def test_warning(bare: None, say: Callable[..., Path]) -> None:
    """Characters without any glyph are doubted, with their number and what to do, and the page is made all the same."""
    graph = hima_kg.build(say(':beacon a l:Guild ; skos:prefLabel "Beacon"@en, "龘靐"@zh-hans .'))
    (doubt,) = [p for p in graph.problems if p.code == "font"]
    assert str(doubt).startswith("tiny.html: warning[font] 2 characters of the page cannot be read")
    assert "靐 龘" in doubt.message
    assert "fonts-noto-cjk" in doubt.hint
    assert "--font FILE" in doubt.hint
    opened = hima_kg.open(graph.project.root)
    assert "<html" in opened.view().html
    assert [p for p in opened.view().problems if p.code == "font"] == [doubt]


@pytest.mark.parametrize("wanted", ["界世", "한"])
def test_cuts_are_kept(wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was cut is kept in the user's cache and taken from there, byte for byte; what is damaged there is not."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    font = made(tmp_path / "squares.ttf", "界世")
    first = cut(font, wanted)
    assert (first is not None) == (wanted == "界世")
    (kept,) = (tmp_path / "hima-kg" / "glyphs").iterdir()
    written_first, age = kept.read_bytes(), kept.stat().st_mtime_ns
    glyphs._cut.cache_clear()
    assert cut(font, wanted) == first
    assert kept.stat().st_mtime_ns == age
    kept.write_bytes(written_first[:-1] + b"?")
    glyphs._cut.cache_clear()
    assert cut(font, wanted) == first
    assert kept.read_bytes() == written_first
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    glyphs._cut.cache_clear()
    assert cut(font, wanted) == first


def test_unsound_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged font that nobody named is no error; its glyphs are missed."""
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(b"ttcf and no more")
    monkeypatch.setattr(glyphs, "FOLDERS", (str(tmp_path),))
    assert embed("龘").missing == "龘"


def test_languages_bring_their_words(tiny: Path) -> None:
    """A project that offers English alone has the glyphs of its names, and not those of the page's other words."""
    everything = covered(hima_kg.build(tiny).page())
    settings = tiny / "hima-kg.toml"
    settings.write_text(settings.read_text("utf-8").replace('["en", "zh-hans", "ko"]', '["en"]'), "utf-8")
    assert len(covered(hima_kg.build(tiny).page())) < len(everything) / 3


def test_notice(tmp_path: Path) -> None:
    """What a font says of itself cannot end the comment that it stands in."""
    face = cut(made(tmp_path / "squares.ttf", "界"), "界")
    assert face is not None
    assert face.notice == "Squares. Nobody / /style"


def test_licence(page: str) -> None:
    """Beside each face of a page stand its maker and its licence, and the glyphs carry them too."""
    rules = RULE.findall(page)
    assert len(rules) == page.count("@font-face {")
    assert all("© 2014-2021 Adobe" in rule and "SIL Open Font License, Version 1.1" in rule for rule in rules)
    assert all(face["name"].getDebugName(0) == "© 2014-2021 Adobe (http://www.adobe.com/)." for face in faces(page))
    assert all("SIL Open Font License" in face["name"].getDebugName(13) for face in faces(page))


def test_manifest() -> None:
    """What ships is as the manifest says: its bytes, its characters, its licence."""
    pieces = json.loads((SHIPPED / "MANIFEST.json").read_text("utf-8"))
    assert {piece["file"] for piece in pieces} == {file.name for file in SHIPPED.glob("*.woff2")}
    for piece in pieces:
        data = (SHIPPED / piece["file"]).read_bytes()
        assert (piece["bytes"], piece["sha256"]) == (len(data), sha256(data).hexdigest())
        assert piece["characters"] == "".join(map(chr, sorted(TTFont(BytesIO(data)).getBestCmap())))
        assert (piece["name"], piece["version"], piece["licence"]) == ("Noto Sans CJK SC", "2.004", "OFL-1.1")
    assert "SIL OPEN FONT LICENSE Version 1.1" in (SHIPPED / "OFL.txt").read_text("utf-8")


def test_cut_nothing(tmp_path: Path) -> None:
    """A font that has none of the characters gives no face."""
    assert cut(made(tmp_path / "squares.ttf", "界"), "한") is None
