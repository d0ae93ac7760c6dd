"""Recipes of contrasts: claims and questions that share almost every word with a sentence and yet differ from it, and
true ones that look different. Labels are known because the sentences are made (after HANS, McCoy et al. 2019, and
VitaminC, Schuster et al. 2021, which show that models otherwise take overlap for support).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from training.assertions import modes, nobody, numbers, opposites, wrapped
from training.cast import anyone, dealing, deed
from training.examples import NO_ANSWER, Example, Span, surround
from training.framing import made_lead
from training.parties import among, apposition, each_their_own, other_name, pronoun, roles, same_surname, speakers
from training.recipes import Kitchen
from training.rows import NEITHER
from training.statements import DAYS, Made

Form = Callable[[random.Random], Made]

_FORMS: tuple[tuple[Form, int], ...] = (
    (roles, 6),
    (other_name, 3),
    (each_their_own, 1),
    (opposites, 5),
    (wrapped, 4),
    (modes, 5),
    (nobody, 1),
    (among, 2),
    (numbers, 3),
    (same_surname, 1),
    (apposition, 2),
    (pronoun, 2),
    (speakers, 2),
)


def contrasts(kitchen: Kitchen) -> Iterator[Example]:
    """Claims and yes/no questions over a made sentence, alone or among real ones."""
    rng = kitchen.rng
    forms, weights = zip(*_FORMS, strict=True)
    for _ in range(100_000):
        text, claims = rng.choices(forms, weights)[0](rng)
        told = _sentence(text)
        for claim, stance in claims:
            passage, span, lead = _set_among(kitchen, told)
            first = claim if claim.endswith("?") else claim + rng.choice((".", "", "."))
            first = first[0].upper() + first[1:]
            yield Example("contrasts", first, passage, None, None, stance, () if stance == NEITHER else (span,), lead)


def questions_of_roles(kitchen: Kitchen) -> Iterator[Example]:
    """Who did it, to whom, and what; and whom the sentence doesn't tell."""
    rng = kitchen.rng
    for _ in range(100_000):
        for question, told, answer in _asked(rng):
            passage, span, lead = _set_among(kitchen, _sentence(told))
            at = passage.find(answer, span[0]) if answer else -1
            where = (at, at + len(answer)) if at >= 0 else NO_ANSWER
            found = where is not NO_ANSWER
            evidence = (span,) if found else ()
            yield Example("questions_of_roles", question, passage, where, found, None, evidence, lead)


def _asked(rng: random.Random) -> list[tuple[str, str, str]]:
    made, one, two = dealing(rng)
    when = rng.choice(DAYS)
    active = f"{one} {made.past} {two}{made.tail} {when}".strip()
    passive = f"{two} was {made.participle}{made.tail} by {one} {when}".strip()
    told = rng.choice((active, passive))
    asker = "Which company" if made.who == "body" else "Which team" if made.who == "team" else "Who"
    asked = [
        (f"{asker} {made.past} {two}{made.tail}?", told, one),
        (f"{asker} was {made.participle}{made.tail} by {one}?", told, two),
        (f"{asker} {made.past} {one}{made.tail}?", told, ""),
    ]
    if made.base.split()[0] != "lend":
        asked.append((f"{asker} did {one} {made.base}{made.tail}?", told, two))
    did, doer, other = deed(rng), anyone(rng), anyone(rng)
    thing = did.object
    if not thing.startswith(("for ", "to ", "as ", "from ", "over ", "before ", "in ")):
        asked += [
            (f"What did {doer} {did.base}?", f"{doer} {did.told()}", thing),
            (f"What did {other} {did.base}?", f"{doer} {did.told()}", ""),
        ]
    asked.append((f"Who {did.told()}?", f"{doer} {did.told()}, not {other}", doer))
    return rng.sample(asked, 3)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _set_among(kitchen: Kitchen, told: str) -> tuple[str, Span, str]:
    """The sentence among real ones, where it is there, and a lead."""
    rng = kitchen.rng
    many = rng.choice((0, 0, 1, 2, 3))
    others = [line if line.rstrip()[-1:] in ".!?" else line + "." for line in rng.sample(kitchen.lines, many)]
    passage, span = surround(told, (0, len(told)), others, rng)
    return passage, span or (0, len(told)), made_lead(passage, rng)
