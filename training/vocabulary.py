"""Words that `swaps.py` changes, and words that look like names and are none."""

from __future__ import annotations

# fmt: off
OPENERS: tuple[str, ...] = (
    "A", "According", "After", "All", "Also", "Although", "Among", "An", "And", "Another", "As", "At", "Because",
    "Before", "Between", "Both", "But", "By", "Despite", "During", "Each", "Early", "Even", "Every", "Following",
    "For", "From", "He", "Her", "Here", "His", "How", "However", "I", "If", "In", "Instead", "It", "Its", "Later",
    "Many", "Meanwhile", "Most", "No", "Not", "Now", "Of", "On", "Once", "One", "Only", "Or", "Other", "Our", "Over",
    "Several", "She", "Since", "So", "Some", "Still", "Such", "That", "The", "Their", "Then", "There", "These",
    "They", "This", "Those", "Though", "Three", "To", "Two", "Under", "Unlike", "We", "What", "When", "Where",
    "While", "Who", "Why", "With", "Yet", "You", "Your",
)
# fmt: on
"""Words that open sentences with a capital."""

# fmt: off
MONTHS: tuple[str, ...] = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
# fmt: on

# fmt: off
DAYS: tuple[str, ...] = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)
# fmt: on

# fmt: off
SMALL_NUMBERS: tuple[str, ...] = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)
# fmt: on

# fmt: off
OPPOSITES: tuple[str, ...] = (
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
"""Each is two words: in place of either the other says something else."""
