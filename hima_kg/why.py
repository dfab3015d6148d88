"""The question why, put in words: of a statement, whether it stands or not, and of a thing."""

from __future__ import annotations

from dataclasses import dataclass

from .accounts import Account, account
from .entities import State
from .errors import ProjectError
from .misses import Miss, held, misses
from .places import sources
from .project import Project
from .proofs import Proofs, Told
from .store import Store
from .terms import Prefixes
from .wording import statement, thing


@dataclass(frozen=True)
class Why:
    """A statement with its proofs, and the states in which it holds for a time.

    One that does not stand has no proofs, and what comes near to it instead.
    """

    told: Told
    stands: bool
    misses: tuple[Miss, ...] = ()
    states: tuple[State, ...] = ()


def why(
    store: Store, prefixes: Prefixes, project: Project, subject: str, property: str | None = None, value: str | None = None
) -> Why | Account:
    """Return why a statement stands or does not; of one word alone, why that thing is in the graph.

    Raises ProjectError for a word that stands for nothing.
    """
    proofs = Proofs(store, sources(project, project.facts), sources(project, project.vocabulary))
    if (property is None) != (value is None):
        raise ProjectError("a statement has a subject, a property and a value", hint="or ask about a thing alone")
    if property is None or value is None:
        return account(proofs, thing(store, prefixes, subject))
    asked = statement(store, prefixes, subject, property, value)
    if proofs.stands(asked):
        return Why(proofs.told(asked), True, states=held(proofs, asked))
    return Why(Told(asked), False, tuple(misses(proofs, asked)))
