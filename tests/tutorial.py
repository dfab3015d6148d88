"""The tutorial, performed: `python tests/tutorial.py` writes into docs/tutorial.md what its commands print now.

A block below a line that names a file is that file, or, if it is a diff, a change to it; a console block is commands, each
with all that it prints.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^(?:`(?P<file>[^`\n]+)`:\n\n)?```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
ALLOWED = {"cat", "cp", "git", "hima-kg"}
SETTING = {
    "COLUMNS": "100",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (
        ("NAME", "A newcomer"), ("EMAIL", "newcomer@example.org"), ("DATE", "2024-01-01T12:00:00Z")
    )},
}  # fmt: skip
"""What a terminal of a hundred columns and a git with a name have; with it nothing of a machine or a day shows."""


class Reader:
    """Somebody who does all that the page tells, in the order in which it does, starting in a clone of the repository."""

    def __init__(self, clone: Path) -> None:
        """Stand in a clone, of which only the tiny project is needed."""
        self.folder, self.left = clone, 0
        for part in ("ontology", "facts", "queries", "hima-kg.toml"):
            source, target = (root / "tests" / "projects" / "tiny" / part for root in (ROOT, clone))
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)

    def perform(self, page: str) -> str:
        """Return the page with what its commands print here and now."""
        return BLOCK.sub(self._block, page)

    def _block(self, found: re.Match[str]) -> str:
        body, kind = found["body"], found["kind"]
        if found["file"] and kind == "diff":
            self._change(self.folder / found["file"], body)
        elif found["file"]:
            (self.folder / found["file"]).parent.mkdir(exist_ok=True)
            (self.folder / found["file"]).write_text(body, "utf-8")
        elif kind == "console":
            commands = re.findall(r"^\$ (.+)$", body, re.MULTILINE)
            return found[0].replace(body, "".join(f"$ {command}\n{self._run(command)}" for command in commands))
        else:
            raise ValueError(f"neither a file nor commands:\n{found[0]}")
        return found[0]

    def _change(self, path: Path, change: str) -> None:
        """Change a file as a diff tells, whose parts are set apart by a line of three dots."""
        text = path.read_text("utf-8")
        for part in change.split("...\n"):
            old, new = ("".join(f"{s[1:]}\n" for s in part.splitlines() if s[:1] in signs) for signs in (" -", " +"))
            if text.count(old) != 1:
                raise ValueError(f"{path.name} has these lines {text.count(old)} times:\n{old}")
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def _run(self, command: str) -> str:
        """Return all that a command prints, on either stream."""
        program, *words = shlex.split(command)
        if program == "cd":
            self.folder = (self.folder / words[0]).resolve(strict=True)
            return ""
        if command == "echo $?":
            return f"{self.left}\n"
        if program not in ALLOWED:
            raise ValueError(f"the page calls {program}")
        called = [sys.executable, "-m", "hima_kg"] if program == "hima-kg" else [program]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            [*called, *words],
            cwd=self.folder,
            env=kept | SETTING | {"PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        self.left = done.returncode
        return done.stdout


if __name__ == "__main__":
    with TemporaryDirectory() as somewhere:
        PAGE.write_text(Reader(Path(somewhere) / "clone").perform(PAGE.read_text("utf-8")), "utf-8")
