"""Cut the glyphs that ship in the package: `make fonts`.

They are those of the page's and the engine's own words, of the bundled graph's names, and of the examples; they come
from the Noto Sans CJK of this machine, or from the file of it that is named.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import hima_kg
from hima_kg.page import draw
from hima_kg.page.fonts import SHIPPED, written
from hima_kg.page.glyphs import cut, installed
from hima_kg.project import CORE

ROOT = Path(__file__).parent.parent
NAME, VERSION, LICENCE = "Noto Sans CJK SC", "2.004", "OFL-1.1"
EXAMPLES = ("hima_kg/starter_project", "tests/projects/tiny", "docs/tutorial.md")


def needs() -> Iterator[tuple[str, str]]:
    """Give what needs glyphs, by the names of the files that shall have them."""
    words = [json.loads((SHIPPED.parents[1] / name).read_text("utf-8")) for name in ("words.json", "query.json")]
    for lang in ("zh-hans", "ko"):
        yield lang, json.dumps([said[lang] for said in words], ensure_ascii=False)
    graph = hima_kg.build(ROOT)
    drawing = draw(graph.store, graph.prefixes, title=graph.manifest.title, languages=graph.manifest.languages)
    drawing.page()
    yield "names", drawing.embedded.characters + (CORE / "core.ttl").read_text("utf-8")
    files = [file for path in EXAMPLES for file in sorted([ROOT / path, *(ROOT / path).rglob("*")]) if file.is_file()]
    yield "examples", "".join(file.read_text("utf-8") for file in files)


font = Path(sys.argv[1]) if sys.argv[1:] else next(installed("SC"))
pieces, seen = [], ""
for name, text in needs():
    characters = "".join(sign for sign in written(text) if sign not in seen)
    face = cut(font, characters)
    assert face, f"{font} has none of {characters}"
    assert face.characters == characters, f"{font} lacks some of {characters}"
    assert face.notice.startswith(NAME), f"{font} is another font: {face.notice}"
    file = SHIPPED / f"{name}.woff2"
    file.write_bytes(face.data)
    about = {"name": NAME, "version": VERSION, "licence": LICENCE, "file": file.name, "notice": face.notice}
    pieces.append({**about, "sha256": sha256(face.data).hexdigest(), "bytes": len(face.data), "characters": characters})
    seen += characters
(SHIPPED / "MANIFEST.json").write_text(json.dumps(pieces, ensure_ascii=False, indent=1) + "\n", "utf-8")
