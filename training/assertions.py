"""Contrasts of what is asserted: the opposite, denied, asked, nearly or only meant to be; nobody; crossed figures. A
text, and claims or yes/no questions with what the text says of them.
"""

from __future__ import annotations

import random

from training.cast import anyone, body, deed, place, team
from training.rows import NEITHER, NOT_SUPPORT, REFUTE, SUPPORT
from training.statements import DAYS, Made

_SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_WRAPPED: tuple[tuple[str, int], ...] = (
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
    ("Had it turned out that {s}, the share price would have fallen.", NOT_SUPPORT),
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

_MODES: tuple[tuple[str, int], ...] = (
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
    ("{a} would {b} if given the chance", NOT_SUPPORT),
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
    ("{a} admitted having {pp}", SUPPORT),
)


def opposites(rng: random.Random) -> Made:
    """The opposite of what was done, and the same in other words."""
    one, did = anyone(rng), deed(rng)
    claims = [(f"{one} {way}", SUPPORT) for way in did.alike] + [(f"{one} {way}", REFUTE) for way in did.opposite]
    claims.append((f"Did {one} {did.bare()}?", SUPPORT))
    text, true = f"{one} {did.told()}", rng.random() < 0.6
    if did.opposite and not true:
        way = rng.choice(did.opposite)
        text = f"{one} {way}"
        claims = [(f"{one} {did.told()}", REFUTE), (f"Did {one} {did.bare()}?", REFUTE), (f"{one} {way}", SUPPORT)]
    return f"{text} {rng.choice(DAYS)}".strip(), rng.sample(claims, min(3, len(claims)))


def wrapped(rng: random.Random) -> Made:
    """What a sentence asserts of the clause in it: that it holds, that it is false, or neither."""
    one, did = anyone(rng), deed(rng)
    frame, stance = rng.choice(_WRAPPED)
    said = f"{one} {did.told()}"
    claims = [(said, stance), (f"Did {one} {did.bare()}?", stance)]
    if did.alike:
        claims.append((f"{one} {rng.choice(did.alike)}", stance))
    return frame.format(s=said)[:-1], claims


def modes(rng: random.Random) -> Made:
    """Done, not done, nearly done, or only meant to be done."""
    one, did = anyone(rng), deed(rng)
    words = {"a": one, "b": did.bare(), "p": did.told(), "pp": f"{did.participle} {did.object}"}
    form, stance = rng.choice(_MODES)
    claims = [(f"{one} {did.told()}", stance), (f"Did {one} {did.bare()}?", stance)]
    if stance == REFUTE:  # equivalent denials
        claims.append((f"{one} did not {did.bare()}", SUPPORT))
        if form.startswith("{a} refused"):
            claims.append((f"{one} was not willing to {did.bare()}", SUPPORT))
    elif stance == SUPPORT:
        claims.append((f"{one} did not {did.bare()}", REFUTE))
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


def numbers(rng: random.Random) -> Made:
    """Figures and years crossed between two things of one sentence; the same figure written otherwise."""
    one, two = body(rng), team(rng)
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
