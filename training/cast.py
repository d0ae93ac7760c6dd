"""Made-up people, bodies, deeds and dealings, from which contrasts are written. The words stand in `cast.toml`."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_WORDS = Path(__file__).with_name("cast.toml")


@dataclass(frozen=True, slots=True)
class Dealing:
    """What one does to another: "A `past` B`tail`". `alike` are other ways to say it with A first, `converse` with B
    first. `exclusive`: if A did it to B, then B did not do it to A.
    """

    base: str
    past: str
    participle: str
    tail: str
    who: str
    exclusive: bool
    alike: tuple[str, ...]
    converse: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """What one does: "A `past` `object`". `alike` are ways to say the same, `opposite` what rules it out."""

    base: str
    past: str
    participle: str
    object: str
    alike: tuple[str, ...]
    opposite: tuple[str, ...]

    def told(self) -> str:
        return f"{self.past} {self.object}".strip()

    def bare(self) -> str:
        return f"{self.base} {self.object}".strip()


def place(rng: random.Random) -> str:
    return _one("places", rng)


def person(rng: random.Random) -> str:
    return f"{_one('first_names', rng)} {_one('last_names', rng)}"


def body(rng: random.Random) -> str:
    return _one("bodies", rng).format(last=_one("last_names", rng), place=place(rng))


def team(rng: random.Random) -> str:
    return _one("teams", rng).format(place=place(rng))


def role(rng: random.Random) -> str:
    return _one("roles", rng)


def anyone(rng: random.Random) -> str:
    """More often a person."""
    return rng.choice((person, person, body, team))(rng)


def namesake(name: str, rng: random.Random) -> str:
    """Another person with the same surname."""
    first, last = name.split(" ", 1)
    return f"{rng.choice([one for one in _words()['first_names'] if one != first])} {last}"


def deed(rng: random.Random) -> Deed:
    told = rng.choice(_words()["deeds"])
    thing = rng.choice(told["objects"]).format(place=place(rng))
    alike, opposite = (tuple(way.format(o=thing) for way in told.get(name, ())) for name in ("alike", "opposite"))
    return Deed(told["base"], told["past"], told["participle"], thing, alike, opposite)


def dealing(rng: random.Random) -> tuple[Dealing, str, str]:
    """A dealing and two that it may be between."""
    told = rng.choice(_words()["dealings"])
    alike, converse = (tuple(told.get(name, ())) for name in ("alike", "converse"))
    made = Dealing(
        told["base"],
        told["past"],
        told["participle"],
        told.get("tail", ""),
        told["who"],
        told.get("exclusive", False),
        alike,
        converse,
    )
    one = {"person": person, "body": body, "team": team}.get(made.who) or rng.choice((person, body))
    first = second = one(rng)
    while second == first:
        second = one(rng)
    return made, first, second


def _one(name: str, rng: random.Random) -> str:
    chosen: str = rng.choice(_words()[name])
    return chosen


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
