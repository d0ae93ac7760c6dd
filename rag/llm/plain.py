"""Text to and from a language model as plain text: nothing that opens a link, loads a picture or ends a quotation."""

from __future__ import annotations

import re
import unicodedata

TAKEN_OUT = "[link taken out]"

_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\((?:[^()\s]|\([^()]*\))*(?:\s+[\"'][^\"']*[\"'])?\s*\)?")
_REFERENCE = re.compile(r"^\s*\[[^\]]{1,100}\]:\s*\S+.*$", re.MULTILINE)
_ADDRESS = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.|data:[a-z]+/|javascript:|mailto:)[^\s\[\]<>\"”]*", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>?")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}

# What could pass for our own frame, a key, or a chat template's control words, in an article's text.
_FRAME = re.compile(r"={3,}|#{3,}|-{4,}|`{3,}|<{2,}|>{2,}|~{4,}")
_KEYED = re.compile(r"\[\s*(E?\d{1,4}(?:\s*[,;]\s*E?\d{1,4})*)\s*\]")
_CONTROL_WORD = re.compile(
    r"<\|[^|<>]{0,60}\|>|\[/?(?:INST|SYS|system|user|assistant)\]|<</?SYS>>|</?s>", re.IGNORECASE
)


def without_links(text: str) -> tuple[str, int]:
    """The text with links, pictures and markup taken out and told, and how many there were. A link's words stay."""
    text = visible(text)
    count = 0
    for pattern, kept in (
        (_REFERENCE, ""),
        (_MARKDOWN_LINK, r"\1 "),
        (_TAG, ""),
        (_ADDRESS, ""),
    ):
        text, found = pattern.subn(kept + TAKEN_OUT, text)
        count += found
    return " ".join(text.split()), count


def visible(text: str) -> str:
    """Without characters that nobody sees: controls, direction marks, private use."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE else " " for c in text)


def framed(text: str) -> str:
    """An article's text as one line that can't be taken for the frame around it."""
    text = _CONTROL_WORD.sub(" ", visible(text))
    text = _KEYED.sub(r"(\1)", _FRAME.sub(" ", text))
    return " ".join(text.split())
