"""A drafted sentence against the quotes that it names: do the keys exist, and do the quotes bear it out?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.checks.grounds import Grounds
from rag.cite import citation_at
from rag.ingest.language import detect
from rag.llm.drafts import Drafted
from rag.llm.plain import without_links
from rag.llm.shown import Keyed
from rag.outlets import outlet_named
from rag.types import AnswerSentence, ArticleRef, Check, Citation, Verdict
from rag.verify import Verifier

_LEAST_WORDS = 6  # of a sentence, for its words to be looked for in other quotes, or its language to be told


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence with its verdict; its citations have no numbers yet."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        return self.verdict == "supported"

    @property
    def reason(self) -> str:
        """Why it does not hold, in words."""
        failed = [check.detail for check in self.checks if not check.ok]
        return "; ".join(dict.fromkeys(failed)) or "it could not be checked"

    def without_citations(self) -> AnswerSentence:
        return AnswerSentence(self.text, (), self.verdict, self.checks)


class SentenceChecker:
    """`quotes` are those that the model was shown, by key; `text_of` gives an article's stored text."""

    def __init__(self, quotes: Mapping[str, Keyed], verifier: Verifier, text_of: Callable[[ArticleRef], str]) -> None:
        self._quotes = quotes
        self._verifier = verifier
        self._text_of = text_of

    def check(self, drafted: Drafted) -> Checked:
        """Supported only when its quotes bear it out and it brings no link of its own."""
        text, links = without_links(drafted.text)
        known = [self._quotes[key] for key in drafted.keys if key in self._quotes]
        citations = tuple(self._citation(one) for one in known)
        grounds = [Grounds.of(one, self._text_of(one.article)) for one in citations]
        verified = self._verifier.verify(text, grounds)
        verdict, checks = verified.verdict, [*self._keys(drafted), *_links(links), *verified.checks]
        foreign = _foreign(text)
        if foreign and verdict != "contradicted":
            verdict, checks = "unchecked", [*checks, foreign]
        if verdict != "supported":
            checks += self._elsewhere(text, known)
        elif links:
            verdict = "unsupported"
        return Checked(text, citations, verdict, tuple(checks))

    def _citation(self, one: Keyed) -> Citation:
        return citation_at(one.hit, one.span, self._text_of(one.hit.article))

    def _keys(self, drafted: Drafted) -> list[Check]:
        made_up = [key for key in drafted.keys if key not in self._quotes]
        told = f"{', '.join(made_up)}: no quote that it was shown has this key, it is made up"
        return [Check("citation", False, told)] if made_up else []

    def _elsewhere(self, text: str, cited: Sequence[Keyed]) -> list[Check]:
        """Whether a sentence that its quotes don't bear out is the words of another quote."""
        words = _folded(text)
        if len(words.split()) < _LEAST_WORDS:
            return []
        for other in self._quotes.values():
            if other not in cited and words in _folded(other.quote):
                outlet = outlet_named(other.hit.article.source, other.hit.article.title)
                return [
                    Check("citation", False, f"these words stand in another quote ({outlet}), not in what it cites")
                ]
        return []


class Numbering:
    """Numbers citations from 1 in order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._numbers.values())

    def sentence(self, one: Checked) -> tuple[AnswerSentence, tuple[Citation, ...]]:
        """The sentence of the answer, and its citations with their numbers."""
        numbered = tuple(self._numbered(citation) for citation in one.citations)
        return AnswerSentence(one.text, tuple(c.n for c in numbered), one.verdict, one.checks), numbered

    def _numbered(self, citation: Citation) -> Citation:
        key = (citation.article.id, citation.article.version, citation.start, citation.end)
        return self._numbers.setdefault(key, replace(citation, n=len(self._numbers) + 1))


def _links(count: int) -> list[Check]:
    what = "a link was" if count == 1 else f"{count} links were"
    return [Check("link", False, f"{what} taken out that the language model wrote")] if count else []


def _foreign(text: str) -> Check | None:
    language = detect(text) if len(text.split()) >= _LEAST_WORDS else None
    if language in {None, "en"}:
        return None
    return Check("entailment", False, f"it is in another language ({language}); only English can be checked")


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("“", '"').replace("”", '"').replace("’", "'").split()).rstrip(".")
