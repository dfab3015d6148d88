"""How two things are connected, on paper: chain by chain, step by step, each step with its passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..dates import between, disputed
from ..entities import Citation
from ..errors import counted
from ..paths import Chain, Hop, Link, Paths
from ..terms import KG, Prefixes
from .entity import citation_table, state_table
from .pen import Pen, Signs

_LINKS = 3
"""How many links of a step are told; a step between two big things may have dozens."""
_NEIGHBOURS = 5


def path(found: Paths, names: Mapping[str, str], prefixes: Prefixes, *, width: int = 80, encoding: str = "utf-8") -> str:
    """Return the chains between two things, as text of a width, in the signs that an encoding has."""
    pen = _Pen(names, prefixes, width, Signs.of(encoding), encoding)
    parts = [pen.verdict(found), *(pen.chain(number, chain) for number, chain in enumerate(found.chains, 1))]
    return "\n\n".join("\n".join(lines) for lines in parts)


class _Pen(Pen):
    def verdict(self, found: Paths) -> Iterator[str]:
        """Go through what can be said of all chains."""
        ends = f"{self.name(found.start)} {self.signs.dash} {self.name(found.end)}: "
        if not found.chains:
            yield ends + ("nothing links them" if found.whole else f"no chain of at most {counted(found.longest, 'step')}")
            for thing, around in zip((found.start, found.end), found.around, strict=True):
                only = "only " * found.whole
                yield from self.wrapped("  ", [f"{self.name(thing)} is linked {self._around(around, only)}"])
            if not found.whole:
                yield "  --longest N looks further"
        elif len(found.chains[0].steps) == 1:
            yield f"{ends}linked directly"
        elif found.through:
            chains = "all chains" if found.whole else f"all chains of at most {counted(found.longest, 'step')}"
            yield f"{ends}no direct link; {chains} run through {' and '.join(map(self.name, found.through))}"
        else:
            yield f"{ends}no direct link; no single thing is on all chains"

    def _around(self, things: Sequence[str], only: str) -> str:
        if not things:
            return "to nothing; plans, opinions and deprecated claims do not count"
        more = f" and {len(things) - _NEIGHBOURS:,} more" if len(things) > _NEIGHBOURS else ""
        return f"{only}to {', '.join(map(self.name, things[:_NEIGHBOURS]))}{more}"

    def chain(self, number: int, chain: Chain) -> Iterator[str]:
        """Go through the lines of a chain: the things on it, then each step."""
        hubs = " (over a hub, which very many things are linked to in the same way)" * bool(chain.hubs)
        between = f" {self.signs.dash} "
        yield from self.wrapped(f"{number}  ", [between.join(map(self.name, chain.things)) + hubs])
        for step in chain.steps:
            for link in step.links[:_LINKS]:
                yield from self._link(link)
            if len(step.links) > _LINKS:
                more = len(step.links) - _LINKS
                yield f"     {self.signs.more} and {more} more between {self.name(step.start)} and {self.name(step.end)}"

    def _link(self, link: Link) -> Iterator[str]:
        yield from self.wrapped("   ", [f"{self._said(link)}{f'  ({link.certainty})' if link.certainty else ''}"])
        for state in link.states:
            notes = [self.name(state.basis)] if state.basis != KG + "Occurred" else []
            notes += [disputed(state.disputed_from, state.disputed_until)] if state.disputed_from else []
            if state.days:
                yield from self.wrapped("       ", [self.times(state), *notes])
        for rule in sorted({*link.rules, *(state.rule for state in link.states if state.rule)}):
            yield from self.wrapped("       ", [f"by {self.prefixes.compact(rule)}: {self.name(rule)}"])
        for document, same in groupby(sorted(link.claims, key=_by_document), key=lambda c: c.document):
            passages = [self.whole(f"{c} [{self.prefixes.compact(c.claim)}]") for c in same]
            yield from self.wrapped("       ", [f"{self.safe(document)}: {passages[0]}", *passages[1:]])

    def _said(self, link: Link) -> str:
        if not link.event:
            return f"{self.name(link.subject)}: {self.name(link.predicate)} {self.name(link.object)}"
        notes = [between(link.earliest, link.latest)] if link.earliest or link.latest else []
        notes += [self.name(link.status)] if link.status and link.status != KG + "Occurred" else []
        about = f" ({', '.join(notes)})" if notes else ""
        return f"{self.name(link.event)}{about}: {', '.join(f'{self.name(p)} {self.name(thing)}' for p, thing in link.roles)}"


def _by_document(claim: Citation) -> tuple[str, str]:
    return claim.document, claim.claim


def table(found: Paths, prefixes: Prefixes) -> dict[str, Any]:
    """Return the chains between two things, for JSON."""
    return {
        "from": prefixes.compact(found.start),
        "to": prefixes.compact(found.end),
        "longest": found.longest,
        "through": [prefixes.compact(thing) for thing in found.through],
        "whole": found.whole,
        "around": [[prefixes.compact(thing) for thing in things] for things in found.around],
        "chains": [
            {
                "things": [prefixes.compact(thing) for thing in chain.things],
                "hubs": chain.hubs,
                "steps": [_step_table(step, prefixes) for step in chain.steps],
            }
            for chain in found.chains
        ],
    }


def _step_table(step: Hop, prefixes: Prefixes) -> dict[str, Any]:
    return {
        "from": prefixes.compact(step.start),
        "to": prefixes.compact(step.end),
        "links": [_link_table(link, prefixes) for link in step.links],
    }


def _link_table(link: Link, prefixes: Prefixes) -> dict[str, Any]:
    claims = [citation_table(claim, prefixes) for claim in link.claims]
    if link.event:
        return {
            "event": prefixes.compact(link.event),
            "roles": [[prefixes.compact(p), prefixes.compact(thing)] for p, thing in link.roles],
            "status": link.status and prefixes.compact(link.status),
            "earliest": link.earliest,
            "latest": link.latest,
            "certainty": link.certainty,
            "claims": claims,
        }
    return {
        "subject": prefixes.compact(link.subject),
        "property": prefixes.compact(link.predicate),
        "object": prefixes.compact(link.object),
        "states": [state_table(state, prefixes) for state in link.states],
        "rules": [prefixes.compact(rule) for rule in link.rules],
        "certainty": link.certainty,
        "claims": claims,
    }
