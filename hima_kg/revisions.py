"""Revisions in git: the files of a project as they were, put into a folder as git would check them out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from shutil import copyfile

from .errors import ProjectError
from .project import FOLDERS, SETTINGS

KEPT = (*FOLDERS, SETTINGS, "pyproject.toml")
"""What of a revision is looked at, beside what links in it lead to."""
_OF_A_CHECKOUT = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"}
"""What git tells a hook of where it runs, which need not be the project's folder."""
_FILES, _LINKS = ("100644", "100755"), ("120000",)


def take_out(revision: str, root: Path, folder: Path) -> Path:
    """Put the files of a project as they are in a revision into an empty folder; return the project's folder in there.

    Neither the checkout nor its index is touched. An archive would not do: attributes leave files out of it, and change others.
    """
    if revision.startswith("-"):
        raise ProjectError(f"{revision} is no file, no folder of a project and no revision", hint="it looks like an option")
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", wanted=revision).decode().strip()
    index = {"GIT_INDEX_FILE": str(folder / "index")}
    _git(root, "read-tree", commit, env=index)
    listed = [entry.split("\t", 1) for entry in _paths(_git(root, "ls-files", "--stage", "-z", env=index))]
    blobs = {path: about.split(" ")[1] for about, path in listed if about.startswith(_FILES)}
    links = {path for about, path in listed if about.startswith(_LINKS)}
    wanted = {path for path in {*blobs, *links} if path.partition("/")[0] in KEPT}
    if not wanted:
        raise ProjectError(f"{revision} has no project in {root}", hint="did the folder have another name then?")
    inside = os.fsdecode(_git(root, "rev-parse", "--show-prefix")).removesuffix("\n")
    project, taken = folder / "files" / inside, set[str]()
    while more := wanted - taken:
        _git(root, "checkout-index", "-z", "--stdin", f"--prefix={folder}/files/", env=index, given=_joined(more, "\0"))
        taken |= more
        targets = {_target(project, link) for link in links & more}
        wanted |= {path for path in {*blobs, *links} if any(path == to or path.startswith(f"{to}/") for to in targets)}
    for link in links & taken:
        if not (project / link).resolve().is_relative_to(project.resolve()):
            (project / link).unlink()
    _as_here(root, inside, project, {path: blobs[path] for path in sorted(taken & blobs.keys())})
    return project


def _target(project: Path, link: str) -> str:
    """Return what a link leads to, as a path in the project; one that leads out of it names nothing there."""
    return os.path.normpath(os.path.join(os.path.dirname(link), os.readlink(project / link)))


def _as_here(root: Path, inside: str, project: Path, blobs: Mapping[str, str]) -> None:
    """Take what git calls unchanged as it is here: its line ends may be others than a new checkout would give it."""
    odd = ('"', "\n")
    here = [p for p in blobs if (root / p).is_file() and not (root / p).is_symlink() and not any(sign in p for sign in odd)]
    top = Path(os.fsdecode(_git(root, "rev-parse", "--show-toplevel")).removesuffix("\n"))
    marks = _git(top, "hash-object", "--stdin-paths", given=_joined([inside + p for p in here], "\n")).decode().split()
    for path, mark in zip(here, marks, strict=True):
        if mark == blobs[path]:
            copyfile(root / path, project / path)


def _joined(paths: Iterable[str], sign: str) -> bytes:
    return os.fsencode("".join(path + sign for path in sorted(paths)))


def _paths(listed: bytes) -> list[str]:
    return os.fsdecode(listed).split("\0")[:-1]


def _git(root: Path, *words: str, wanted: str = "", env: Mapping[str, str] | None = None, given: bytes = b"") -> bytes:
    """Return what git prints in a folder; raises ProjectError where it is not there, or refuses."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_CHECKOUT}
    command, plain = ["git", "-C", str(root), *words], {**kept, "LC_ALL": "C", **(env or {})}
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=plain, input=given)  # noqa: S603 - words are no options
    except FileNotFoundError as error:
        message = f"{wanted or words[0]} is no file and no project, and git is not installed to look for a revision"
        raise ProjectError(message, hint="give a folder or an exported file") from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
    if "not a git repository" in said:
        raise ProjectError(f"{wanted} is no file and no project, and {root} is in no git repository to have such a revision")
    if wanted:
        hint = said or "`git log --oneline` and `git tag` list revisions"
        raise ProjectError(f"{wanted} is no file, no folder of a project and no revision", hint=hint)
    raise ProjectError(f"git {words[0]} failed: {said}")
