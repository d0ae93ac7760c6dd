"""Agreement of two or more labellers beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

RELIABLE = 0.8
"""From here on Krippendorff (2004) lets conclusions rest on labels; down to 0.667 only tentative ones."""


def alpha(units: Sequence[Sequence[str | None]]) -> float | None:
    """Krippendorff's alpha for nominal labels: 1 for perfect agreement, 0 for chance.

    `units` holds each unit's labels, None where a labeller gave none. None when no unit has two labels, or when all
    labels are the same, which says nothing about agreement. Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability. (The package of that name is GPL.)
    """
    pairable = [[label for label in unit if label is not None] for unit in units]
    pairable = [labels for labels in pairable if len(labels) > 1]
    totals = Counter(label for labels in pairable for label in labels)
    n = totals.total()
    if len(totals) < 2:
        return None
    observed = sum(_disagreements(Counter(labels)) / (len(labels) - 1) for labels in pairable) / n
    expected = _disagreements(totals) / (n * (n - 1))
    return 1 - observed / expected


def _disagreements(counts: Counter[str]) -> int:
    """Ordered pairs of different labels."""
    return counts.total() ** 2 - sum(count * count for count in counts.values())
