"""What the README shows is what happens."""

import re
import runpy
import shlex
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ (.+)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_console(run: Callable[..., subprocess.CompletedProcess[str]], home: Path, command: str, output: str) -> None:
    """Each command in the README prints what the README prints."""
    assert run(*shlex.split(command)[1:], cwd=home).stdout == output


def test_python(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python in the README runs, and prints what its comment says."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(home)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own page
    assert capsys.readouterr().out == ":huawei certain wp:HP.p2.s2\n"


def test_two_commands() -> None:
    """The README sets everything up with two commands."""
    assert "make demo" in README
    assert "make test" in README


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=str
)
def test_links(page: Path) -> None:
    """What a page of the documentation links to, or shows, is there."""
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)|(?:src|srcset)=\"([^\"]+)\"", text)
    assert [link for pair in links for link in pair if link and "://" not in link and not (page.parent / link).exists()] == []


def test_pictures() -> None:
    """The pictures of the network view are those that its script takes, in three languages and both themes, and all are shown."""
    folder = ROOT / "docs" / "views"
    taken = runpy.run_path(str(ROOT / "docs" / "screenshots.py"))["pictures"]()
    assert {file.name for file in folder.iterdir()} == set(taken)
    assert {(language, theme) for _, language, theme in taken.values()} == set(product(("en", "zh", "ko"), ("light", "dark")))
    text = (ROOT / "docs" / "view.md").read_text("utf-8")
    assert [name for name in taken if f"(views/{name})" not in text] == []
