"""Contrasts of who: who did it to whom, whose deed it is, who of several, whose words. A text, and claims or yes/no
questions with what the text says of them.
"""

from __future__ import annotations

import random

from training.cast import anyone, body, dealing, deed, namesake, person, role
from training.rows import NOT_SUPPORT, REFUTE, SUPPORT
from training.statements import DAYS, Made


def roles(rng: random.Random) -> Made:
    """Who did it to whom, active and passive."""
    made, one, two = dealing(rng)
    when = rng.choice(DAYS)
    active = f"{one} {made.past} {two}{made.tail}"
    passive = f"{two} was {made.participle}{made.tail} by {one}"
    others = [f"{one} {way} {two}" for way in made.alike]
    backwards = [f"{two} {way} {one}" for way in made.converse]
    told = rng.choice([active, active, passive, *others[:1], *backwards[:1]])
    whole = told in (active, passive) or not made.tail
    true = [active, passive, *others, *backwards] if whole else [*others, *backwards]
    swapped = [_swap(way, one, two) for way in true]
    turned = REFUTE if made.exclusive else NOT_SUPPORT
    claims = [(rng.choice(true), SUPPORT), *((way, turned) for way in rng.sample(swapped, min(2, len(swapped))))]
    if whole and made.base.split()[0] not in ("lend", "supply"):
        claims.append((f"Did {one} {made.base} {two}{made.tail}?", SUPPORT))
        claims.append((f"Did {two} {made.base} {one}{made.tail}?", turned))
    third = person(rng)
    if third not in (one, two):
        claims.append((rng.choice(true).replace(one, third), NOT_SUPPORT))
    return f"{told} {when}".strip(), claims


def _swap(text: str, one: str, two: str) -> str:
    return text.replace(one, "\0").replace(two, one).replace("\0", two)


def other_name(rng: random.Random) -> Made:
    """A predicate that belongs to the other name of the sentence."""
    made, one, two = dealing(rng)
    did = deed(rng)
    relation = rng.choice(("brother", "lawyer", "rival", "predecessor", "daughter", "business partner"))
    doer, other, text = rng.choice(
        (
            (one, two, f"{one}, who {made.past} {two}{made.tail}, {did.told()}"),
            (two, one, f"{two}, who was {made.participle}{made.tail} by {one}, {did.told()}"),
            (two, one, f"{one}'s {relation}, {two}, {did.told()}"),
            (one, two, f"Unlike {two}, {one} {did.told()}"),
            (one, two, f"{one} {did.told()}, beating {two} to it"),
        )
    )
    return text, [(f"{doer} {did.told()}", SUPPORT), (f"{other} {did.told()}", NOT_SUPPORT)]


def each_their_own(rng: random.Random) -> Made:
    """Two deeds of two in one sentence."""
    one, two, did, also = anyone(rng), anyone(rng), deed(rng), deed(rng)
    while one == two or did.told() == also.told():
        two, also = anyone(rng), deed(rng)
    return f"{one} {did.told()}, while {two} {also.told()}", [
        (f"{one} {did.told()}", SUPPORT),
        (f"{two} {also.told()}", SUPPORT),
        (f"{two} {did.told()}", NOT_SUPPORT),
        (f"{one} {also.told()}", NOT_SUPPORT),
    ]


def among(rng: random.Random) -> Made:
    """One of several; all but one; neither."""
    did = deed(rng)
    one, two, three = (anyone(rng) for _ in range(3))
    form = rng.randrange(4)
    if form == 0:
        return f"Neither {one} nor {two} {did.told()}", [
            (f"{rng.choice((one, two))} {did.told()}", REFUTE),
            (f"{one} did not {did.bare()}", SUPPORT),
        ]
    if form == 1:
        return f"Of the three, only {one} {did.told()}; {two} and {three} did not", [
            (f"{one} {did.told()}", SUPPORT),
            (f"{rng.choice((two, three))} {did.told()}", REFUTE),
            (f"All three {did.told()}", REFUTE),
        ]
    if form == 2:
        return f"All of them except {one} {did.told()}, {two} and {three} among them", [
            (f"{one} {did.told()}", REFUTE),
            (f"{rng.choice((two, three))} {did.told()}", SUPPORT),
        ]
    return f"Both {one} and {two} {did.told()}", [
        (f"{rng.choice((one, two))} {did.told()}", SUPPORT),
        (f"Only {one} {did.told()}", REFUTE),
        (f"{one} did not {did.bare()}", REFUTE),
    ]


def same_surname(rng: random.Random) -> Made:
    one = person(rng)
    two, did, also = namesake(one, rng), deed(rng), deed(rng)
    if rng.random() < 0.5:
        return f"{one} {did.told()}", [(f"{one} {did.told()}", SUPPORT), (f"{two} {did.told()}", NOT_SUPPORT)]
    return f"{one} {did.told()}. {two}, no relation, {also.told()}", [
        (f"{two} {also.told()}", SUPPORT),
        (f"{two} {did.told()}", NOT_SUPPORT),
        (f"{one} {also.told()}", NOT_SUPPORT),
    ]


def apposition(rng: random.Random) -> Made:
    one, house, post, did = person(rng), body(rng), role(rng), deed(rng)
    other = body(rng)
    text = rng.choice((f"{one}, the {post} of {house}, {did.told()}", f"{house}'s {post}, {one}, {did.told()}"))
    return text, [
        (f"{one} is the {post} of {house}", SUPPORT),
        (f"The {post} of {house} {did.told()}", SUPPORT),
        (f"{one} {did.told()}", SUPPORT),
        (f"{one} is the {post} of {other}", NOT_SUPPORT if other != house else SUPPORT),
        (f"{house} {did.told()}", NOT_SUPPORT),
    ]


def pronoun(rng: random.Random) -> Made:
    """Who a pronoun is, from the sentence before."""
    one, did, also = person(rng), deed(rng), deed(rng)
    he = rng.choice(("He", "She"))
    return f"{one} {did.told()}. {he} also {also.told()}", [
        (f"{one} {also.told()}", SUPPORT),
        (f"{namesake(one, rng)} {also.told()}", NOT_SUPPORT),
        (f"{one} did not {also.bare()}", REFUTE),
    ]


def speakers(rng: random.Random) -> Made:
    """Who said it."""
    one, two, house, did = person(rng), person(rng), body(rng), deed(rng)
    said = rng.choice(("said", "wrote", "told reporters"))
    text = f"{one} {said} that {house} {did.told()}"
    claims = [
        (f"According to {one}, {house} {did.told()}", SUPPORT),
        (f"{two} said that {house} {did.told()}", NOT_SUPPORT),
        (f"{house} said that {one} {did.told()}", NOT_SUPPORT),
    ]
    if rng.random() < 0.5:
        text += f", which {two} denied"
        claims[1] = (f"{two} said that {house} {did.told()}", REFUTE)
        claims.append((f"{two} rejected what {one} said", SUPPORT))
    return text, claims
