"""Whether this installation and a project's store are sound."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from . import builds
from .errors import KgError
from .graph import open as open_graph
from .project import Project

Finding = tuple[str, bool, str]
_OPTIONAL = {"pyshacl": "shapes that are not compiled"}


def doctor(project: Path | None) -> list[Finding]:
    """Return findings about this installation and the store: a part, whether it is sound, and what it tells."""
    needed = [_part(name, "") for name in ("hima-kg", *_needed())]
    optional = [_part(name, use) for name, use in _OPTIONAL.items()]
    return [("python", True, platform.python_version()), *needed, *optional, *_store(project)]


def _needed() -> list[str]:
    """Return what hima-kg cannot do without, as the package itself tells."""
    try:
        told = requires("hima-kg") or []
    except PackageNotFoundError:
        return []
    return sorted(re.split(r"[^\w.-]", requirement)[0] for requirement in told if "extra ==" not in requirement)


def _part(name: str, use: str) -> Finding:
    note = f" (optional: {use})" if use else ""
    try:
        return name, True, version(name) + note
    except PackageNotFoundError:
        return name, bool(use), "not installed" + (note or ": pip install hima-kg")


def _store(project: Path | None) -> list[Finding]:
    """Look at the files before the engine does, which some damage keeps busy for ever."""
    try:
        found = Project.find(project)
        manifest = builds.read(found.output)
        if manifest and not builds.intact(found.output, manifest):
            told = f"{builds.store_path(found.output, manifest)} or an export is not what was built; {builds.AGAIN}"
            return [("store", False, told)]
        graph = open_graph(project)
    except KgError as error:
        return [("store", False, f"{error.message}; {error.hint}" if error.hint else error.message)]
    since = "; files have changed since: hima-kg build" if graph.is_stale() else ""
    built = f"{graph.manifest.counts['quads']:,} quads, as built{since}"
    return [("project", True, str(graph.project.root)), ("store", True, built)]
