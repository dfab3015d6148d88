"""Cut the glyphs that ship in the package, for the page's own words and the graph's names: `make fonts`.

It takes the first Noto Sans CJK or Source Han Sans of this machine, or the font file that is named.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

import hima_kg
from hima_kg.page import draw
from hima_kg.page.fonts import SHIPPED, written
from hima_kg.page.glyphs import cut, installed

NAME, VERSION, LICENCE = "Noto Sans CJK SC", "2.004", "OFL-1.1"

font = Path(sys.argv[1]) if sys.argv[1:] else next(installed("SC"))
words = json.loads((SHIPPED.parents[1] / "words.json").read_text("utf-8"))
graph = hima_kg.build(Path(__file__).parent.parent)
drawing = draw(graph.store, graph.prefixes, title=graph.manifest.title, languages=graph.manifest.languages)
drawing.page()

pieces, seen = [], ""
wanted = {lang: json.dumps(words[lang], ensure_ascii=False) for lang in ("zh-hans", "ko")}
for name, text in {**wanted, "names": drawing.embedded.characters}.items():
    characters = "".join(sign for sign in written(text) if sign not in seen)
    face = cut(font, characters)
    assert face is not None and face.characters == characters, f"{font} lacks some of {characters}"
    assert face.notice.startswith(NAME), f"{font} is another font: {face.notice}"
    file = SHIPPED / f"{name}.woff2"
    file.write_bytes(face.data)
    about = {"name": NAME, "version": VERSION, "licence": LICENCE, "file": file.name, "notice": face.notice}
    pieces.append({**about, "sha256": sha256(face.data).hexdigest(), "bytes": len(face.data), "characters": characters})
    seen += characters
(SHIPPED / "MANIFEST.json").write_text(json.dumps(pieces, ensure_ascii=False, indent=1) + "\n", "utf-8")
