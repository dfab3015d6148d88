"""Alliance graphs of any size, the same for the same size: the load that the benchmarks build, check and ask.

Each is a project folder with this repository's ontology, shapes, rules and queries, and invented facts: carmakers and
brands in alliances, marks that change hands, models, yearly sales. Every fact stands in the named graph of a claim; things
have names in three languages; one figure in ten is cited twice; a few dates, brands and totals are in dispute.

    python benchmarks/alliances.py 100000 build/alliances
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
YEARS = range(2018, 2026)
BRANDS_PER_ALLIANCE = 5
MODELS_PER_BRAND = 4
QUADS_PER_BRAND = 221
"""How many quads a brand with all that belongs to it comes to, as counted."""
_PREFIXES = """\
@prefix : <https://w3id.org/hima-kg/id/> .
@prefix auto: <https://w3id.org/hima-kg/auto#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix kg: <https://w3id.org/hima-kg/core#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix src: <https://w3id.org/hima-kg/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_HAN = "云山海星光明远航新华智行"
_HANGUL = "가나다라마바사아자차카타"


class Alliances:
    """A world that is written claim by claim; `quads` says how many have been written."""

    def __init__(self, seed: int) -> None:
        """Start a world."""
        self.quads = 0
        self._random = Random(seed)
        self._passages = 0
        self._sold = 0

    def facts(self, quads: int) -> Iterator[str]:
        """Go through the blocks of a TriG file of about so many quads."""
        yield _PREFIXES
        for document, language in (("gazette", "en"), ("daily", "zh-hans")):
            self.quads += 4
            yield (
                f'src:{document} a kg:Document ; dct:title "The {document}"@en ; dct:language "{language}" ; '
                'kg:asOf "2025-12-31"^^xsd:date .\n'
            )
        yield self.claim(
            "topics",
            ':vehicles-sold a auto:Topic ; skos:prefLabel "vehicles sold"@en .',
            ':vehicles-sold-all-brands a auto:Topic ; skos:prefLabel "vehicles sold, of all brands"@en .',
        )
        count = max(BRANDS_PER_ALLIANCE, quads // QUADS_PER_BRAND)
        for brand in range(count):
            if brand % BRANDS_PER_ALLIANCE == 0:
                yield self._alliance(brand // BRANDS_PER_ALLIANCE)
            yield from self._brand(brand)
            if brand % BRANDS_PER_ALLIANCE == BRANDS_PER_ALLIANCE - 1:
                yield self._total(brand // BRANDS_PER_ALLIANCE)

    def claim(self, name: str, *facts: str, document: str = "gazette") -> str:
        """Return a claim with facts, each of which is a subject with its properties."""
        self.quads += 6 + sum(_size(fact) for fact in facts)
        start = self._passages = self._passages + 160
        seal = hashlib.sha256(name.encode()).hexdigest()
        inside = "\n    ".join(facts)
        return (
            f'\nsrc:{name} a kg:Claim ; kg:document src:{document} ; kg:locator "¶{start // 160}" ;\n'
            f'    oa:start {start} ; oa:end {start + 150} ; kg:fingerprint "sha256:{seal}" .\n'
            f"src:{name} {{\n    {inside}\n}}\n"
        )

    def _alliance(self, a: int) -> str:
        return self.claim(
            f"alliance-{a}",
            f":a{a} a auto:Alliance ; {self._names('Alliance', a)} ; auto:ledBy :lead{a} .",
            f":lead{a} a auto:TechnologyCompany ; {self._names('Lead', a)} .",
            f':founding{a} a auto:Establishment ; skos:prefLabel "Founding of alliance {a}"@en ; kg:about :a{a} ; '
            f"kg:date {self._month(2018, 2019)} .",
        )

    def _brand(self, b: int) -> Iterator[str]:
        a = b // BRANDS_PER_ALLIANCE
        yield self.claim(
            f"brand-{b}",
            f":b{b} a auto:Brand ; {self._names('Brand', b)} ; auto:madeBy :m{b} .",
            f":m{b} a auto:Manufacturer ; {self._names('Maker', b)} .",
            f":a{a} auto:allianceBrand :b{b} .",
            f":seat{b} a auto:Membership ; auto:alliance :a{a} ; auto:member :m{b} ; auto:throughBrand :b{b} .",
        )
        yield self.claim(
            f"mark-{b}",
            f':t{b} a auto:Trademark ; skos:prefLabel "Mark {b}"@en, "{self._word(_HAN)}"@zh-hans ; '
            f'auto:markOf :b{b} ; auto:script "Hans" .',
            f':to-lead{b} a auto:TrademarkTransfer ; skos:prefLabel "Mark {b} goes to the lead"@en ; kg:about :t{b} ; '
            f"auto:from :m{b} ; auto:to :lead{a} ; kg:date {self._month(2020, 2022)} .",
        )
        if b % 3 == 0:
            yield self.claim(
                f"return-{b}",
                f':back{b} a auto:TrademarkTransfer ; skos:prefLabel "Mark {b} comes back"@en ; kg:about :t{b} ; '
                f"auto:from :lead{a} ; auto:to :m{b} ; kg:date {self._month(2023, 2025)} .",
                document="daily",
            )
        if b % 50 == 7:
            yield self.claim(f"other-date-{b}", f':to-lead{b} kg:date "2017-0{1 + b % 9}"^^xsd:gYearMonth .', document="daily")
        if b % 100 == 11:
            yield self.claim(f"other-brand-{b}", f":t{b} auto:markOf :b{b - 1} .", document="daily")
        for n in range(MODELS_PER_BRAND):
            yield self._model(b, n)
        for year in YEARS:
            yield from self._sales(b, year)

    def _model(self, b: int, n: int) -> str:
        return self.claim(
            f"model-{b}-{n}",
            f":v{b}-{n} a auto:VehicleModel ; {self._names('Model', b, n)} ; auto:brand :b{b} ; auto:madeBy :m{b} .",
            f':launch{b}-{n} a auto:Launch ; skos:prefLabel "Launch of model {b} {n}"@en ; kg:about :v{b}-{n} ; '
            f"kg:agent :m{b} ; kg:date {self._month(2020, 2025)} .",
        )

    def _sales(self, b: int, year: int) -> Iterator[str]:
        units = self._random.randrange(500, 200_000)
        fact = (
            f':s{b}-{year} a auto:Observation ; skos:prefLabel "Sales of brand {b} in {year}"@en ; auto:of :b{b} ; '
            f'auto:period "{year}"^^xsd:gYear ; auto:measure :vehicles-sold ; auto:units {units} .'
        )
        self._sold += units if year == YEARS[-1] else 0
        yield self.claim(f"sales-{b}-{year}", fact)
        if (b * len(YEARS) + year) % 10 == 0:
            yield self.claim(f"sales-again-{b}-{year}", fact, document="daily")

    def _total(self, a: int) -> str:
        """Return what the brands of an alliance sold in the last year, all in all; every tenth total is wrong."""
        units, self._sold = self._sold + (a % 10 == 3), 0
        return self.claim(
            f"total-{a}",
            f':sum{a} a auto:Observation ; skos:prefLabel "Sales of alliance {a} in {YEARS[-1]}"@en ; auto:of :a{a} ; '
            f'auto:period "{YEARS[-1]}"^^xsd:gYear ; auto:measure :vehicles-sold-all-brands ; auto:units {units} .',
        )

    def _names(self, kind: str, *numbers: int) -> str:
        number = " ".join(map(str, numbers))
        return f'skos:prefLabel "{kind} {number}"@en, "{self._word(_HAN)}{number}"@zh-hans, "{self._word(_HANGUL)}{number}"@ko'

    def _word(self, letters: str) -> str:
        return "".join(self._random.choices(letters, k=2))

    def _month(self, first: int, last: int) -> str:
        return f'"{self._random.randint(first, last)}-{self._random.randint(1, 12):02}"^^xsd:gYearMonth'


def _size(fact: str) -> int:
    return 1 + fact.count(" ; ") + fact.count(", ")


def write(quads: int, folder: Path, *, seed: int = 7) -> int:
    """Write a project of about so many quads of facts into a new folder; return how many quads they are."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "facts").mkdir(parents=True)
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    shutil.copytree(ROOT / "queries", folder / "queries", ignore=shutil.ignore_patterns("*.csv"))
    (folder / "hima-kg.toml").write_text('name = "alliances"\ntitle = "Alliances"\nlanguages = ["en", "zh-hans", "ko"]\n')
    world = Alliances(seed)
    with (folder / "facts" / "alliances.trig").open("w", encoding="utf-8") as file:
        file.writelines(world.facts(quads))
    return world.quads


if __name__ == "__main__":
    print(f"{write(int(sys.argv[1]), Path(sys.argv[2])):,} quads")
