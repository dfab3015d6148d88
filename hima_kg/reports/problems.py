"""Problems, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from ..errors import Problem, listed

SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def machine(problems: Sequence[Problem]) -> str:
    """Return problems as a JSON list."""
    return json.dumps([_flat(problem) for problem in problems], ensure_ascii=False, indent=2)


def _flat(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def sarif(problems: Sequence[Problem]) -> str:
    """Return problems in SARIF 2.1.0, which code hosts show beside the lines."""
    codes = sorted({problem.code for problem in problems})
    run = {
        "tool": {"driver": {"name": "hima-kg", "rules": [{"id": code} for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem) for problem in problems],
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(problem: Problem) -> dict[str, Any]:
    place = problem.place
    region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.width}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(place.path)}}
    if place.line:
        location["region"] = region
    text = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }


REPORTS: dict[str, Callable[[Sequence[Problem]], str]] = {"human": listed, "json": machine, "sarif": sarif}
