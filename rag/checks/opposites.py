"""Pairs of words of which one can't be told in place of the other."""

from __future__ import annotations

from functools import cache

# fmt: off
PAIRS: tuple[str, ...] = (
    "increase/decrease", "increased/decreased", "increases/decreases", "increasing/decreasing", "rose/fell",
    "rise/fall", "rises/falls", "rising/falling", "more/less", "higher/lower", "before/after", "first/last",
    "north/south", "northern/southern", "east/west", "eastern/western", "won/lost", "win/lose", "wins/loses",
    "largest/smallest", "larger/smaller", "include/exclude", "includes/excludes", "including/excluding",
    "support/oppose", "supports/opposes", "supported/opposed", "accepted/rejected", "accept/reject", "male/female",
    "men/women", "man/woman", "father/mother", "son/daughter", "brother/sister", "husband/wife", "open/closed",
    "opened/closed", "up/down", "began/ended", "begin/end", "start/end", "started/ended", "best/worst",
    "better/worse", "earlier/later", "allow/ban", "allowed/banned", "gained/lost", "approved/denied", "older/younger",
    "oldest/youngest", "most/least", "always/never", "all/none", "many/few", "above/below", "inside/outside",
    "buy/sell", "bought/sold", "arrived/left", "alive/dead", "true/false", "public/private", "legal/illegal",
    "possible/impossible", "able/unable", "success/failure", "confirmed/denied", "strong/weak", "stronger/weaker",
    "long/short", "longer/shorter", "fast/slow", "faster/slower", "high/low", "major/minor", "maximum/minimum",
    "positive/negative", "added/removed", "upper/lower", "young/old", "early/late", "rich/poor", "heavy/light",
    "new/old", "left/right", "former/current", "domestic/foreign", "at least/at most", "more than/fewer than",
)
# fmt: on


@cache
def opposites() -> dict[str, str]:
    """Each word or phrase, in small letters, to its opposite."""
    pairs = [pair.partition("/")[::2] for pair in PAIRS]
    return {a: b for one, other in pairs for a, b in ((one, other), (other, one))}
