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
