"""What a language model sends back, taken apart while it comes: sentences, each with the keys of its quotes.

Two forms. With structured output, JSON; without, lines of text with markers:

    draft    = "NO ANSWER" | line { newline line }
    line     = { sentence }
    sentence = words { marker } [ closing ]      a sentence ends where words follow a marker, or with its line
    marker   = "[" key { ("," | ";") key } "]"
    key      = [ "E" ] digits                    without the E it names no quote, and is reported as such

Nothing is guessed: what does not follow the form is a sentence without keys, or a draft that can't be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import LanguageModelFailed
from rag.sentences import sentence_spans

NO_ANSWER = "NO ANSWER"
_KEY = r"E?\d{1,4}"
_MARKER = re.compile(rf"\[\s*({_KEY}(?:\s*[,;]\s*{_KEY})*)\s*\](?!\()")
_OPEN_MARKER = re.compile(r"\[[E\d,;\s]*\Z")
_CLOSING = re.compile(r"[ \t]*[.!?,;:…]*[\"'”’)]*")
_ONLY_CLOSING = re.compile(r"[ \t]*[.!?,;:…]*[\"'”’)]*[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence as the model wrote it, without its markers; `keys` in order, each once."""

    text: str
    keys: tuple[str, ...]


class WrittenSentence(BaseModel):
    """One sentence of the answer."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="One sentence in plain text, without keys in it.")
    evidence: list[str] = Field(description="The keys of the quotes that the sentence rests on, such as E3.")


class WrittenAnswer(BaseModel):
    """The answer, or that the quotes hold none."""

    model_config = ConfigDict(extra="forbid")

    answered: bool = Field(description="Whether the quotes answer the question.")
    sentences: list[WrittenSentence] = Field(description="The answer, sentence by sentence; empty where there is none.")


class DraftParser(Protocol):
    """Takes text as it comes, and gives each sentence as soon as it is complete."""

    @property
    def no_answer(self) -> bool:
        """Whether the draft says that there is none; known at the end."""

    def feed(self, text: str) -> list[Drafted]: ...

    def end(self, *, cut_off: bool = False) -> list[Drafted]:
        """What was still open. An unfinished sentence of a draft that was `cut_off` is left out.

        Raises LanguageModelFailed when the draft can't be read.
        """


class MarkedText:
    """Reads lines of text with markers."""

    def __init__(self) -> None:
        self._rest = ""
        self._given = 0
        self.no_answer = False

    def feed(self, text: str) -> list[Drafted]:
        self._rest += text.replace("\r\n", "\n")
        *lines, self._rest = self._rest.split("\n")
        found = [one for line in lines for one in self._sentences(line)]
        return self._counted([*found, *self._finished()])

    def end(self, *, cut_off: bool = False) -> list[Drafted]:
        line, self._rest = self._rest, ""
        if cut_off and not _ends_marked(line):
            line = line[: _last_marked(line)]
        return self._counted(list(self._sentences(line)))

    def _finished(self) -> list[Drafted]:
        """Sentences of the open line after whose marker other words have begun."""
        end = 0
        for match in _MARKER.finditer(self._rest):
            after = _after_markers(self._rest, match.end())
            rest = self._rest[after:].lstrip()
            if rest and not _OPEN_MARKER.match(rest):
                end = after
        done, self._rest = self._rest[:end], self._rest[end:]
        return list(self._sentences(done)) if done else []

    def _sentences(self, line: str) -> Iterator[Drafted]:
        if line.strip().rstrip(".") == NO_ANSWER:
            self.no_answer = self._given == 0
            return
        at = 0
        while at < len(line):
            words, keys, at = _next_sentence(line, at)
            yield from _split(words, keys)

    def _counted(self, found: list[Drafted]) -> list[Drafted]:
        self._given += len(found)
        return found


def _next_sentence(line: str, at: int) -> tuple[str, tuple[str, ...], int]:
    """Words up to the first marker with what closes them, the keys of that and the markers right after it, the end."""
    match = _MARKER.search(line, at)
    if match is None:
        return line[at:], (), len(line)
    keys, end = list(_keys(match)), match.end()
    while more := _MARKER.match(line, len(line) - len(line[end:].lstrip())):
        keys, end = [*keys, *_keys(more)], more.end()
    closing = _closing(line, end)
    words = line[at : match.start()].rstrip() + line[end:closing].strip()
    return words, tuple(dict.fromkeys(keys)), closing


def _after_markers(line: str, at: int) -> int:
    while more := _MARKER.match(line, len(line) - len(line[at:].lstrip())):
        at = more.end()
    return _closing(line, at)


def _closing(line: str, at: int) -> int:
    """Where the punctuation after a marker ends; a quotation mark after a space opens the next sentence."""
    match = _CLOSING.match(line, at)
    return match.end() if match else at


def _keys(match: re.Match[str]) -> Iterator[str]:
    return (key.strip() for key in re.split("[,;]", match.group(1)))


def _split(words: str, keys: tuple[str, ...]) -> Iterator[Drafted]:
    """Of several sentences before a marker only the last is marked."""
    spans = sentence_spans(words)
    texts = [" ".join(words[span.start : span.end].split()) for span in spans]
    texts = [text for text in texts if any(c.isalnum() for c in text)]
    for n, text in enumerate(texts):
        yield Drafted(text, keys if n == len(texts) - 1 else ())


def _ends_marked(line: str) -> bool:
    last = _last_marked(line)
    return last > 0 and _ONLY_CLOSING.match(line, last) is not None


def _last_marked(line: str) -> int:
    return max((match.end() for match in _MARKER.finditer(line)), default=0)


class StructuredText:
    """Reads a `WrittenAnswer` as JSON. A sentence is complete when its object closes."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._depth: list[str] = []
        self._in_string = False
        self._escaped = False
        self._opened = 0
        self.no_answer = False

    def feed(self, text: str) -> list[Drafted]:
        self._text += text
        fresh, self._at = range(self._at, len(self._text)), len(self._text)
        ends = (at for at in fresh if self._closes_sentence(at, self._text[at]))
        return [_written(self._text[self._opened : at + 1]) for at in ends]

    def end(self, *, cut_off: bool = False) -> list[Drafted]:
        if cut_off:
            return []
        try:
            told = WrittenAnswer.model_validate_json(self._text)
        except ValidationError as error:
            raise LanguageModelFailed("its reply is not the JSON that was asked for", again=True) from error
        self.no_answer = not told.answered or not told.sentences
        return []

    def _closes_sentence(self, at: int, char: str) -> bool:
        """Follow the nesting; whether `char` closes an object that lies in a list of the outermost object."""
        if self._in_string:
            self._in_string = self._escaped or char != '"'
            self._escaped = char == "\\" and not self._escaped
        elif char == '"':
            self._in_string = True
        elif char in "{[":
            if self._depth == ["{", "["] and char == "{":
                self._opened = at
            self._depth.append(char)
        elif char in "}]" and self._depth:
            self._depth.pop()
            return char == "}" and self._depth == ["{", "["]
        return False


def _written(text: str) -> Drafted:
    try:
        one = WrittenSentence.model_validate(json.loads(text))
    except (ValueError, ValidationError) as error:
        raise LanguageModelFailed("its reply is not the JSON that was asked for", again=True) from error
    return Drafted(" ".join(one.text.split()), tuple(dict.fromkeys(key.strip().strip("[]") for key in one.evidence)))
