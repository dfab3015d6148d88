"""What the README shows is what happens."""

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
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
    """The README sets everything up with two commands, and shows a picture."""
    assert "make demo" in README
    assert "make test" in README
    assert "](docs/view.png)" in README
