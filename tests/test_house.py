"""How the house is built: imports only go down, the engine knows no project, the surface is kept."""

import ast
import re
import subprocess
import sys
from inspect import isfunction
from pathlib import Path

import click
import pytest

import hima_kg
from hima_kg.cli import COMMANDS, main
from hima_kg.graph import KnowledgeGraph
from tests.conftest import ROOT

PACKAGE = ROOT / "hima_kg"
TABLE = [line for line in (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines() if re.match(r"\| [a-z ]+ \| `", line)]
ORDER = [*re.findall(r"`(\w+)`", "".join(TABLE)), "__main__", "__init__", "conftest"]
"""The modules as the table in CONTRIBUTING.md has them: each imports only from those that stand before it."""


def imported(path: Path) -> set[str]:
    """Return our modules that a file imports when it runs; what only the type checker reads does not count."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    up = len(path.relative_to(PACKAGE).parts)  # a file in a package of ours has to climb one step more
    froms = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == up]
    whole = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == 0 and n.module]
    named = {n.module.split(".")[0] for n in froms if n.module} | {a.name for n in froms if not n.module for a in n.names}
    return named | {n.module.removeprefix("hima_kg.").split(".")[0] for n in whole if n.module.startswith("hima_kg.")}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    """A module imports only from those that stand before it, or before the package that it is in."""
    before = ORDER[: ORDER.index(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))]
    assert {module for module in imported(path) if module in ORDER} - {*before} <= {*path.relative_to(PACKAGE).parts[:-1]}


def test_every_module_is_told_of() -> None:
    """The table in CONTRIBUTING.md has every module, once."""
    assert sorted(ORDER) == sorted({p.stem for p in PACKAGE.glob("*.py")} | {"cli", "page", "reports"})


def test_engine_knows_no_project() -> None:
    """No file of the engine names anything of the alliance."""
    names = re.compile(r"huawei|aito|seres|chery|baic|luxeed|stelato|maextro|问界|auto#", re.IGNORECASE)
    files = [p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".ttl", ".rq", ".js", ".css", ".j2"}]
    named = {str(p): names.findall(p.read_text("utf-8")) for p in files if "bundled" not in p.parts}
    assert {p: found for p, found in named.items() if found} == {}


def test_top_level_is_tidy() -> None:
    """The repository's top level holds what design says, and nothing else."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    top = {name.split("/")[0] for name in listed if name}
    assert top <= {
        ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "benchmarks", "docs",
        "facts", "hima_kg", "ontology", "pyproject.toml", "queries", "tests",
    }  # fmt: skip


def test_public_surface() -> None:
    """What the package promises is this list, and all of it can be had."""
    assert hima_kg.__all__ == [
        "Answer", "FactError", "KgError", "KnowledgeGraph", "Problem", "ProjectError", "QueryError", "SlowError",
        "StoreError", "UsageError", "build", "check", "open",
    ]  # fmt: skip
    assert all(getattr(hima_kg, name) for name in hima_kg.__all__)
    assert {*hima_kg.__all__} <= {*dir(hima_kg)}


@pytest.mark.parametrize("name", sorted(name for name, what in vars(KnowledgeGraph).items() if isfunction(what)))
def test_example(name: str) -> None:
    """Whatever is asked of a graph has an example in its docstring, which runs as a test."""
    told = getattr(KnowledgeGraph, name).__doc__ or ""
    assert name.startswith("_") or ">>> " in told


def test_unknown_name() -> None:
    """Asking the package for what it does not have is an AttributeError, as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = hima_kg.nothing


def test_help_is_light() -> None:
    """`hima-kg --help` imports click and nothing heavy."""
    code = (
        "import sys; from click.testing import CliRunner; from hima_kg.cli import main;"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0;"
        "print(sorted({'rdflib', 'pyoxigraph', 'networkx', 'pyvis', 'jinja2', 'pyshacl', 'tomllib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_query_is_light(home: Path) -> None:
    """A query imports the engine, and neither rdflib nor anything that draws."""
    command = [sys.executable, "-X", "importtime", "-m", "hima_kg", "query", "sales-totals"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "pyoxigraph" in imported
    assert imported.isdisjoint({"rdflib", "networkx", "pyvis", "jinja2", "pyshacl", "tomllib", "hima_kg.making"})


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_explained(name: str) -> None:
    """Every command has a line of help and an example, and stands in the documentation."""
    command = main.get_command(click.Context(main), name)
    assert isinstance(command, click.Command)
    assert command.help is not None
    assert "Example: hima-kg" in command.help
    intro, *sections = (ROOT / "docs" / "commands.md").read_text("utf-8").split("\n### ")
    (section,) = [section for section in sections if section.startswith(f"{name}\n")]
    shown = (intro + section).replace("`", " ").replace("\n", " ").replace(",", " ")
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not any(f" {form} " in shown for form in option.opts)] == []
