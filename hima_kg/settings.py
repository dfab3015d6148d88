"""Settings: what hima-kg.toml, or a table of pyproject.toml, says of a project."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .errors import Place, ProjectError, meant
from .terms import COMMON, TAG

_LONGEST = 100
"""Up to how many bytes a name can have: disks take 255, of which a file half written has some more."""
_RANGES = {
    "file": "in megabytes, 512 if not set",
    "literal": "in megabytes, at most 16, which is what the engine has room for",
    "nesting": "in brackets, 1000 if not set",
}
_TEXT, _LIST, _TABLE = (str, "a text in quotes"), (list, "a list in brackets"), (dict, "a table")
"""What a setting can be, and how that is called."""
_KINDS = {"name": _TEXT, "title": _TEXT, "languages": _LIST, "prefixes": _TABLE, "limits": _TABLE, "font": _TEXT}
_PREFIX = re.compile(r"([A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9/:@?=&;~._-]*#?")
"""Names and namespaces as most are; whether others can be such, the engine tells."""
_ENDING = re.compile(r"[\s<>\"{}|^`\\]")
"""What no IRI has: it could end one, and begin something else."""
_WHERE = re.compile(r"(?s:(?P<message>.*)) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")


class Limits(NamedTuple):
    """How large what is read may be: beyond this it is a mistake, or an attack."""

    file: int = 512
    """A file, in megabytes."""
    literal: int = 16
    """A text in a fact, in megabytes; the engine has no room for more than 16."""
    nesting: int = 1000
    """How deep brackets are nested."""


class Settings(NamedTuple):
    """What `[tool.hima-kg]` in pyproject.toml, or hima-kg.toml, says."""

    name: str
    title: str
    languages: tuple[str, ...] = ("en",)
    prefixes: Mapping[str, str] = {}
    limits: Limits = Limits()
    font: str = ""
    """A font file, from the project's folder, for what is East Asian in the page; if none, one is found."""


def read(own: Path, shared: Path) -> Settings:
    """Return the settings of a project: of its own file, or else of its table in one that it shares, or else none but a name.

    Raises ProjectError, with its place, for what is no TOML, and for a setting that is not known or cannot be.
    """
    for found, path in ((own, ()), (shared, ("tool", "hima-kg"))):
        if not os.path.lexists(found):
            continue
        file = _File.at(found)
        table = file.table()
        for key in path:
            table = table.get(key, {})
            if not isinstance(table, dict):
                raise file.error(key, f"{'.'.join(path)} must be a table, not {table!r}")
        if table or not path:
            return _checked(table, file, own.parent.name)
    return Settings(name=own.parent.name, title=own.parent.name)


@dataclass(frozen=True)
class _File:
    """A file of settings, and what is wrong in it."""

    name: str
    text: str

    @classmethod
    def at(cls, path: Path) -> _File:
        if not path.is_file():
            hint = "settings stand in a file of that name: move it away, or write one"
            raise ProjectError(f"{path} is not a file", hint=hint)
        try:
            return cls(path.name, path.read_text("utf-8-sig"))
        except UnicodeDecodeError as error:
            message = f"{path} is not UTF-8: {error.reason} at byte {error.start}"
            raise ProjectError(message, hint="save it as UTF-8") from error

    def table(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except RecursionError as error:
            raise ProjectError("brackets are nested too deep", place=Place(self.name)) from error
        except tomllib.TOMLDecodeError as error:
            raise self._unread(str(error)) from error

    def _unread(self, said: str) -> ProjectError:
        """Return the error of a reader of TOML, which says at its end where it is."""
        found, end = _WHERE.fullmatch(said), len(self.text.rstrip())
        place = Place.of(self.name, self.text, end, end + 1)
        if found and found["line"]:
            line = int(found["line"])
            place = Place(self.name, line, int(found["column"]), 1, self.text.split("\n")[line - 1])
        return ProjectError(found["message"] if found else said, hint="settings are TOML", place=place)

    def error(self, key: str, message: str, hint: str = "", *, within: str = "") -> ProjectError:
        """Return what is wrong with a setting, or with one of a table's, at the first place where its name stands."""
        start = self._named(within).end() if within else 0
        found = self._named(key, start)
        return ProjectError(message, hint=hint, place=Place.of(self.name, self.text, *found.span()))

    def _named(self, key: str, start: int = 0) -> re.Match[str]:
        name = re.compile(rf"""(?<![\w.-])["']?{re.escape(key)}["']?(?=\s*[=\].])|\Z""")
        found = name.search(self.text, start)
        assert found, "a text has an end"
        return found


def _checked(table: Mapping[str, Any], file: _File, name: str) -> Settings:
    for key, value in table.items():
        if key not in _KINDS:
            raise file.error(key, f"unknown setting {key!r}", meant(key, _KINDS, f"known settings: {', '.join(_KINDS)}"))
        kind, called = _KINDS[key]
        if not isinstance(value, kind):
            raise file.error(key, f"the setting {key!r} must be {called}, not {value!r}")
    own_name = table.get("name", name)
    if "name" in table and not (re.fullmatch(r"\w[\w.-]*", own_name) and len(own_name.encode()) <= _LONGEST):
        hint = f"letters, digits, dots and dashes will do, up to {_LONGEST} bytes"
        raise file.error("name", f"the name {own_name!r} cannot name files", hint)
    for tag in table.get("languages", ()):
        if not (isinstance(tag, str) and re.fullmatch(TAG, tag)):
            raise file.error("languages", f"{tag!r} is not a language", 'write tags: languages = ["en", "zh-hans"]')
    return Settings(
        name=own_name,
        title=table.get("title", own_name),
        languages=tuple(table.get("languages", ["en"])),
        prefixes=_prefixes(table.get("prefixes", {}), file),
        limits=_limits(table.get("limits", {}), file),
        font=table.get("font", ""),
    )


def _prefixes(table: Mapping[str, Any], file: _File) -> dict[str, str]:
    for prefix, namespace in table.items():
        if not (isinstance(namespace, str) and _can_stand_for(prefix, namespace)):
            message, hint = f"{prefix!r} = {namespace!r} is not a prefix", 'write it like ex = "https://example.org/"'
            raise file.error(prefix, message, hint, within="prefixes")
        if COMMON.get(prefix, namespace) != namespace:
            message, hint = f"{prefix}: stands for {COMMON[prefix]}", "take another prefix for your own"
            raise file.error(prefix, message, hint, within="prefixes")
    return dict(table)


def _can_stand_for(prefix: str, namespace: str) -> bool:
    """Whether a prefix can stand for a namespace in Turtle and in SPARQL alike."""
    if _PREFIX.fullmatch(prefix) and _NAMESPACE.fullmatch(namespace):
        return True
    if any(sign.isspace() or sign in ":#" for sign in prefix) or not namespace.isprintable() or _ENDING.search(namespace):
        return False
    from pyoxigraph import RdfFormat, Store, parse  # hardly any prefix needs it

    try:
        list(parse(f"@prefix {prefix}: <{namespace}> .", RdfFormat.TURTLE))
        Store().query("ASK {}", prefixes={prefix: namespace})
        Store().query(f"PREFIX {prefix}: <{namespace}> ASK {{}}")
    except (SyntaxError, ValueError):
        return False
    return True


def _limits(table: Mapping[str, Any], file: _File) -> Limits:
    known = Limits._field_defaults
    for key, value in table.items():
        if key not in known:
            hint = meant(key, known, f"the limits are {', '.join(known)}")
            raise file.error(key, f"unknown limit {key!r}", hint, within="limits")
        if type(value) is not int or value < 1 or (key == "literal" and value > known["literal"]):
            message = f"the limit {key} = {value!r} must be a whole number from 1"
            raise file.error(key, message, _RANGES[key], within="limits")
    return Limits(**table)
