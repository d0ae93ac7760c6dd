"""Recipes of contrasts: claims and questions that share almost every word with a sentence and yet differ from it, and
true ones that look different. Labels are known because the sentences are made (after HANS, McCoy et al. 2019, and
VitaminC, Schuster et al. 2021, which show that models otherwise take overlap for support).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from training.cast import ROLES, body, dealing, deed, namesake, person, place, team
from training.examples import NO_ANSWER, Example, Span, surround
from training.framing import made_lead
from training.recipes import Kitchen
from training.rows import NEITHER, NOT_SUPPORT, REFUTE, SUPPORT

Stance = int
Form = Callable[[random.Random], "Made"]
Made = tuple[str, list[tuple[str, Stance]]]
"""A text, and claims or yes/no questions with what the text says of them."""

_DAYS = (
    "on Monday",
    "on Tuesday",
    "last week",
    "on Friday",
    "in March",
    "in 2019",
    "in 2021",
    "this week",
    "on Sunday",
    "",
)
_SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def roles(rng: random.Random) -> Made:
    """Who did it to whom, active and passive."""
    made, one, two = dealing(rng)
    when = rng.choice(_DAYS)
    active = f"{one} {made.past} {two}{made.tail}"
    passive = f"{two} was {made.participle}{made.tail} by {one}"
    others = [f"{one} {way} {two}" for way in made.alike]
    backwards = [f"{two} {way} {one}" for way in made.converse]
    told = rng.choice([active, active, passive, *others[:1], *backwards[:1]])
    whole = told in (active, passive) or not made.tail
    true = [active, passive, *others, *backwards] if whole else [*others, *backwards]
    swapped = [_swap(way, one, two) for way in true]
    claims = [(rng.choice(true), SUPPORT), *((way, REFUTE) for way in rng.sample(swapped, min(2, len(swapped))))]
    if whole and made.base.split()[0] not in ("lend", "supply"):
        claims.append((f"Did {one} {made.base} {two}{made.tail}?", SUPPORT))
        claims.append((f"Did {two} {made.base} {one}{made.tail}?", REFUTE))
    third = person(rng)
    if third not in (one, two):
        claims.append((rng.choice(true).replace(one, third), NOT_SUPPORT))
    return f"{told} {when}".strip(), claims


def _swap(text: str, one: str, two: str) -> str:
    return text.replace(one, "\0").replace(two, one).replace("\0", two)


def other_name(rng: random.Random) -> Made:
    """A predicate that belongs to the other name of the sentence."""
    made, one, two = dealing(rng)
    did, also = deed(rng), deed(rng)
    form = rng.randrange(5)
    if form == 0:
        text = f"{one}, who {made.past} {two}{made.tail}, {did.told()}"
    elif form == 1:
        text = f"{two}, who was {made.participle}{made.tail} by {one}, {did.told()}"
        one, two = two, one
    elif form == 2:
        text = f"{one} {did.told()}, while {two} {also.told()}"
        return text, [
            (f"{one} {did.told()}", SUPPORT),
            (f"{two} {also.told()}", SUPPORT),
            (f"{two} {did.told()}", NOT_SUPPORT),
            (f"{one} {also.told()}", NOT_SUPPORT),
        ]
    elif form == 3:
        role = rng.choice(("brother", "lawyer", "rival", "predecessor", "daughter", "business partner"))
        text = f"{one}'s {role}, {two}, {did.told()}"
        one, two = two, one
    else:
        text = f"{one} {did.told()}, beating {two} to it" if rng.random() < 0.3 else f"Unlike {two}, {one} {did.told()}"
    return text, [
        (f"{one} {did.told()}", SUPPORT),
        (f"{two} {did.told()}", NOT_SUPPORT),
        (f"Who {did.told()}?", NEITHER),
    ][:2]


def opposites(rng: random.Random) -> Made:
    """The opposite of what was done, and the same in other words."""
    one, did = _doer(rng), deed(rng)
    claims = [(f"{one} {way}", SUPPORT) for way in did.alike] + [(f"{one} {way}", REFUTE) for way in did.opposite]
    claims.append((f"Did {one} {did.bare()}?", SUPPORT))
    text, true = f"{one} {did.told()}", rng.random() < 0.6
    if did.opposite and not true:
        way = rng.choice(did.opposite)
        text = f"{one} {way}"
        claims = [(f"{one} {did.told()}", REFUTE), (f"Did {one} {did.bare()}?", REFUTE), (f"{one} {way}", SUPPORT)]
    return f"{text} {rng.choice(_DAYS)}".strip(), rng.sample(claims, min(3, len(claims)))


_WRAPPED: tuple[tuple[str, Stance], ...] = (
    ("It is false that {s}.", REFUTE),
    ("There is no truth in the story that {s}, officials said.", REFUTE),
    ("Posts saying that {s} are wrong.", REFUTE),
    ("The report that {s} was made up.", REFUTE),
    ("A widely shared video says that {s}; that never happened.", REFUTE),
    ("Contrary to what some papers wrote, it is not the case that {s}.", REFUTE),
    ("Fact-checkers found that the story according to which {s} was a hoax.", REFUTE),
    ("Some have asked whether {s}.", NEITHER),
    ("It is not known whether {s}.", NEITHER),
    ("If {s}, a new vote would have to be held.", NEITHER),
    ("Had it turned out that {s}, the share price would have fallen.", NEITHER),
    ("Investors hope that {s}.", NEITHER),
    ("In the novel, {s}.", NEITHER),
    ("A rumour had it that {s}, which could not be confirmed.", NEITHER),
    ("Many people fear that {s}.", NEITHER),
    ("Critics want to know whether {s}.", NEITHER),
    ("The court confirmed that {s}.", SUPPORT),
    ("It emerged that {s}.", SUPPORT),
    ("Everyone there saw that {s}.", SUPPORT),
    ("Records show that {s}.", SUPPORT),
    ("It is true that {s}.", SUPPORT),
    ("Nobody disputes that {s}.", SUPPORT),
)


def wrapped(rng: random.Random) -> Made:
    """What a sentence asserts of the clause in it: that it holds, that it is false, or neither."""
    one, did = _doer(rng), deed(rng)
    frame, stance = rng.choice(_WRAPPED)
    said = f"{one} {did.told()}"
    claims = [(said, stance)]
    if stance != NEITHER:
        claims.append((f"Did {one} {did.bare()}?", stance))
    if did.alike:
        claims.append((f"{one} {rng.choice(did.alike)}", stance))
    return frame.format(s=said)[:-1], claims


_MODES: tuple[tuple[str, Stance], ...] = (
    ("{a} did not {b}", REFUTE),
    ("{a} never {p}", REFUTE),
    ("{a} failed to {b}", REFUTE),
    ("{a} refused to {b}", REFUTE),
    ("{a} was unable to {b}", REFUTE),
    ("{a} nearly {p}", REFUTE),
    ("{a} almost {p}, but in the end did not", REFUTE),
    ("{a} came close to being the one who {p}", NOT_SUPPORT),
    ("{a} was prevented from trying to {b}", REFUTE),
    ("{a} stopped short of a promise to {b}", NEITHER),
    ("{a} planned to {b}", NEITHER),
    ("{a} wants to {b}", NEITHER),
    ("{a} may {b}", NEITHER),
    ("{a} would {b} if it could", NOT_SUPPORT),
    ("{a} promised to {b}", NEITHER),
    ("{a} was urged to {b}", NEITHER),
    ("{a} was accused of having {pp}", NEITHER),
    ("{a} denied having {pp}", NOT_SUPPORT),
    ("{a} is expected to {b}", NEITHER),
    ("{a} considered whether to {b}", NEITHER),
    ("{a} managed to {b}", SUPPORT),
    ("{a} went on to {b}", SUPPORT),
    ("{a} did indeed {b}", SUPPORT),
    ("{a} did not fail to {b}", SUPPORT),
    ("{a} was the first to {b}", SUPPORT),
    ("{a} has {pp}", SUPPORT),
    ("{a} said it had {pp}", SUPPORT),
)


def modes(rng: random.Random) -> Made:
    """Done, not done, nearly done, or only meant to be done."""
    one, did = _doer(rng), deed(rng)
    words = {"a": one, "b": did.bare(), "p": did.told(), "pp": f"{did.participle} {did.object}"}
    form, stance = rng.choice(_MODES)
    claims = [(f"{one} {did.told()}", stance)]
    alike = [other.format(**words) for other, label in _MODES if label == stance != NEITHER and other != form]
    if stance == REFUTE:  # equivalent denials
        claims += [(f"{one} did not {did.bare()}", SUPPORT), (f"Did {one} {did.bare()}?", REFUTE)]
        if form.startswith("{a} refused"):
            claims.append((f"{one} was not willing to {did.bare()}", SUPPORT))
    elif stance == SUPPORT:
        claims += [(f"{one} did not {did.bare()}", REFUTE), (rng.choice(alike[:1] or [claims[0][0]]), SUPPORT)]
    elif form.startswith("{a} planned"):
        claims.append((f"{one} intended to {did.bare()}", SUPPORT))
    return form.format(**words), claims


def nobody(rng: random.Random) -> Made:
    """None and all, none and some."""
    where, what = place(rng), rng.choice(("killed", "arrested", "injured", "hurt", "charged"))
    thing = rng.choice(("fire", "march", "accident", "blackout", "raid", "landslide"))
    said = rng.choice(
        (
            f"No one was {what} in the {thing} in {where}",
            f"Nobody was {what} in the {thing} in {where}",
            f"The {thing} in {where} left nobody {what}",
            f"There were no people {what} in the {thing} in {where}",
        )
    )
    many = rng.randint(2, 60)
    claims = [
        (f"Nobody was {what} in the {thing} in {where}", SUPPORT),
        (f"No one was {what} in the {where} {thing}", SUPPORT),
        (f"{many} people were {what} in the {thing} in {where}", REFUTE),
        (f"Someone was {what} in the {thing} in {where}", REFUTE),
        (f"Was anyone {what} in the {where} {thing}?", REFUTE),
    ]
    if rng.random() < 0.4:
        said = f"{many} people were {what} in the {thing} in {where}"
        claims = [
            (f"No one was {what} in the {thing} in {where}", REFUTE),
            (f"People were {what} in the {thing} in {where}", SUPPORT),
            (f"Was anyone {what} in the {where} {thing}?", SUPPORT),
            (f"{many + rng.randint(1, 9)} people were {what} in the {thing} in {where}", REFUTE),
        ]
    return said, rng.sample(claims, 3)


def among(rng: random.Random) -> Made:
    """One of several; all but one; neither."""
    did = deed(rng)
    one, two, three = (_doer(rng) for _ in range(3))
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


def numbers(rng: random.Random) -> Made:
    """Figures and years crossed between two things of one sentence; the same figure written otherwise."""
    one, two = _doer(rng), _doer(rng)
    form = rng.randrange(5)
    if form == 0:
        many, few = rng.sample(range(12, 980), 2)
        unit = rng.choice(("buses", "staff", "flats", "voters", "tonnes of rice", "tickets"))
        return f"{one} counted {many} {unit} and {two} {few}", [
            (f"{one} counted {many} {unit}", SUPPORT),
            (f"{two} counted {few} {unit}", SUPPORT),
            (f"{one} counted {few} {unit}", REFUTE),
            (f"{two} counted {many} {unit}", REFUTE),
        ]
    if form == 1:
        low, high = sorted(rng.sample(range(3, 95), 2))
        what = rng.choice(
            ("turnout", "the share of renters", "support for the plan", "the approval rating", "unemployment")
        )
        rose = rng.random() < 0.5
        start, end = (low, high) if rose else (high, low)
        verb, wrong = ("rose", "fell") if rose else ("fell", "rose")
        said = f"In {place(rng)}, {what} {verb} from {start} per cent to {end} per cent"
        return said, [
            (f"{what.capitalize()} {verb} to {end}%", SUPPORT),
            (f"{what.capitalize()} {verb} to {start}%", REFUTE),
            (f"{what.capitalize()} {wrong} to {end}%", REFUTE),
            (f"{what.capitalize()} {wrong}", REFUTE),
        ]
    if form == 2:
        early, late = sorted(rng.sample(range(1950, 2024), 2))
        return f"{one} was founded in {early} and moved to {place(rng)} in {late}", [
            (f"{one} was founded in {early}", SUPPORT),
            (f"{one} was founded in {late}", REFUTE),
            (f"{one} moved in {early}", REFUTE),
        ]
    if form == 3:
        word, share = rng.choice((("half", "50%"), ("a quarter", "25%"), ("three quarters", "75%"), ("a fifth", "20%")))
        other = rng.choice([each for each in ("50%", "25%", "75%", "20%", "40%") if each != share])
        return f"{one} lost {word} of its members", [
            (f"{one} lost {share} of its members", SUPPORT),
            (f"{one} lost {other} of its members", REFUTE),
        ]
    count = rng.randrange(len(_SMALL))
    other_count = rng.choice([n for n in range(len(_SMALL)) if n != count])
    return f"{one} closed {_SMALL[count]} schools", [
        (f"{one} closed {count + 2} schools", SUPPORT),
        (f"{one} closed {other_count + 2} schools", REFUTE),
        (f"{one} closed {_SMALL[other_count]} schools", REFUTE),
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
    one, house, role, did = person(rng), body(rng), rng.choice(ROLES), deed(rng)
    other = body(rng)
    text = rng.choice((f"{one}, the {role} of {house}, {did.told()}", f"{house}'s {role}, {one}, {did.told()}"))
    return text, [
        (f"{one} is the {role} of {house}", SUPPORT),
        (f"The {role} of {house} {did.told()}", SUPPORT),
        (f"{one} {did.told()}", SUPPORT),
        (f"{one} is the {role} of {other}", NOT_SUPPORT if other != house else SUPPORT),
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


_FORMS: tuple[tuple[Form, int], ...] = (
    (roles, 6),
    (other_name, 4),
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
            yield Example("contrasts", first, passage, None, None, stance, (span,), lead)


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
    when = rng.choice(_DAYS)
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
    did, doer, other = deed(rng), _doer(rng), _doer(rng)
    thing = did.object
    if not thing.startswith(("for ", "to ", "as ", "from ", "over ", "before ", "in ")):
        asked += [
            (f"What did {doer} {did.base}?", f"{doer} {did.told()}", thing),
            (f"What did {other} {did.base}?", f"{doer} {did.told()}", ""),
        ]
    asked.append((f"Who {did.told()}?", f"{doer} {did.told()}, not {other}", doer))
    return rng.sample(asked, 3)


def _doer(rng: random.Random) -> str:
    return rng.choice((person, person, body, team))(rng)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _set_among(kitchen: Kitchen, told: str) -> tuple[str, Span, str]:
    """The sentence among real ones, where it is there, and a lead."""
    rng = kitchen.rng
    many = rng.choice((0, 0, 1, 2, 3))
    others = [line if line.rstrip()[-1:] in ".!?" else line + "." for line in rng.sample(kitchen.lines, many)]
    passage, span = surround(told, (0, len(told)), others, rng)
    return passage, span or (0, len(told)), made_lead(passage, rng)
