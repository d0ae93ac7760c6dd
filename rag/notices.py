"""What an answer, search or check had to go without, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Notice:
    """`language_model` tells what became of its draft, `vectors` that passages were found by their words alone."""

    kind: Literal["language_model", "vectors"]
    text: str


LACKING = Notice("vectors", "Chroma lacks too many passages as yet: these were found by their words alone.")


def silence(silent: int, of: int) -> Notice:
    """So many of the Chroma servers don't answer."""
    if silent < of:
        verb = "does" if silent == 1 else "do"
        told = f"{silent} of {of} Chroma servers {verb} not answer: what they hold was found by its words alone."
    else:
        who = "The Chroma server does not answer" if of == 1 else "No Chroma server answers"
        told = f"{who}: passages were found by their words alone."
    return Notice("vectors", told)
