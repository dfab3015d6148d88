"""Worlds to test in: the repository's own graph, the tiny project, and folders made of a few facts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import hima_kg

LAWS = int(os.environ.get("HIMA_KG_LAWS", "1"))
"""How many times as many examples a law is tried on; on one share they are the same each time, so that a run can be trusted."""
settings.register_profile("house", deadline=None, derandomize=LAWS == 1, max_examples=100 * LAWS)  # no test asserts a time
settings.load_profile("house")

Run = Callable[..., subprocess.CompletedProcess[str]]
"""What runs the command line: words, and where."""
ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "projects" / "tiny"

HEAD = """
@prefix :     <https://example.org/lamps/> .
@prefix n:    <https://example.org/lamps/claim/new/> .
@prefix dct:  <http://purl.org/dc/terms/> .
@prefix kg:   <https://w3id.org/hima-kg/core#> .
@prefix l:    <https://example.org/lamps/terms#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
:new a kg:Document ; dct:title "New"@en .
n:s1 a kg:Claim ; kg:document :new ; kg:locator "s1" .
"""


def copied(source: Path, target: Path) -> Path:
    """Copy a project's sources, without what it built."""
    for name in ("ontology", "facts", "queries"):
        shutil.copytree(source / name, target / name)
    for name in ("pyproject.toml", "hima-kg.toml"):
        if (source / name).is_file():
            shutil.copy(source / name, target / name)
    return target


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own project, copied and built."""
    folder = copied(ROOT, tmp_path_factory.mktemp("hima"))
    hima_kg.build(folder)
    return folder


@pytest.fixture(scope="session")
def hima(home: Path) -> hima_kg.KnowledgeGraph:
    """The repository's own graph, opened from disk."""
    return hima_kg.open(home)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny project, to change at will."""
    return copied(TINY, tmp_path)


@pytest.fixture
def say(tiny: Path) -> Callable[..., Path]:
    """Add a claim to the tiny project: `say("… a l:Seal .")` puts statements into n:s1, `before=` outside any claim."""

    def add(statements: str, *, before: str = "", head: str = HEAD) -> Path:
        (tiny / "facts" / "new.trig").write_text(f"{head}{before}\nn:s1 {{\n{statements}\n}}\n", "utf-8")
        return tiny

    return add


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the command line as a user does."""

    def call(*words: str, cwd: Path = ROOT, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hima_kg", *words]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, encoding="utf-8", **options)

    return call


@pytest.fixture
def kg(tiny: Path) -> hima_kg.KnowledgeGraph:
    """The tiny project, built."""
    return hima_kg.build(tiny)
