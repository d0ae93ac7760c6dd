"""A follow-up -> the question as it would be asked on its own, by rules: without a model, or when one fails.

What is left out is taken from the turn before: the rest of the question for "And when?", the name to put another in the
place of for "What about VW?", the name for "he", the answer for "Who said that?". Where a rule would have to guess, the
question before is put in front, so that nothing is lost. A question that stands alone is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks.names import names_in, same_name
from rag.checks.persons import is_person, possessive, without_role
from rag.checks.speech import sayings
from rag.prompts import load_prompt
from rag.question import ask
from rag.sentences import sentence_spans
from rag.types import Turn

LONGEST_ANSWER = 320  # characters of an answer's sentence that is put into a question
_FEW_TERMS = 1  # telling words, up to which a question without a name asks on about something
_DEFINITE_TERMS = 3  # the same, of one that names its thing with "the"
_ASKED_BEFORE = 400  # characters of the question before that is put in front

_OPENERS = re.compile(
    r"^(?:(?:and|but|so|or|ok(?:ay)?|well|then|also|now|yes|no|thanks?(?: you)?|right|hm+|sure|alright)\b[,.!:]?\s+)+"
    r"(?=\S)",
    re.IGNORECASE,
)
_NEW_TOPIC = re.compile(
    r"^(?:something else|another (?:question|topic|thing)|(?:new|different|other) (?:question|topic|subject)|"
    r"on another (?:note|topic|matter)|changing (?:the )?(?:topic|subject)|"
    r"(?:let['’]s )?change (?:the )?(?:topic|subject)|"
    r"moving on|by the way|btw|unrelated)\b[:,.;–—-]*\s*",
    re.IGNORECASE,
)
_WHO_SAID = re.compile(
    r"^(?:and\s+)?(?:who(?: else)?|which (?:\w+ )?(?:agency|outlet|source|paper|newspaper|person|official|company|"
    r"organi[sz]ation)s?) (?:says?|said|told|reported|reports|claims?|claimed|confirmed|denied|announced|wrote)"
    r"(?: (?:that|so|this|it|them|you))?\s*\?*$",
    re.IGNORECASE,
)
_WHOSE_WORD = re.compile(
    r"^(?:whose (?:word|claim|statement|words) (?:is|was|are|were) (?:that|this|it|these|those)|according to whom|"
    r"says who|on whose (?:word|authority))\s*\?*$",
    re.IGNORECASE,
)
_QUESTION_WORD = r"(?:who|whom|whose|what|when|where|why|which|how)"
_AUX = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|may|might|should|shall)"
# "On which day exactly?", "For how long already?", "And when?", "How many?", "To how many vehicles?"
_BARE = re.compile(
    rf"^(?:(?:in|on|at|by|for|from|to|with|of|since|until|under|about|during|through|against|after|before) )?"
    rf"{_QUESTION_WORD}\b(?:(?! {_AUX}\b)[^?.,;:]){{0,48}}\?*$",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(r"^(?:what|how) about\s+(?P<what>[^?]{1,120})\?*$", re.IGNORECASE)
_PREPOSITION = r"(?:in|on|at|for|with|from|by|to|under|during|since|before|after|against|near|outside|inside|within)"
_PLACED = re.compile(rf"^(?P<how>{_PREPOSITION})\s+(?P<what>[^?]{{1,80}})\?*$", re.IGNORECASE)
_VERB = re.compile(rf"\b(?:{_AUX}|be|been|said|says)\b", re.IGNORECASE)
_AUXILIARY = re.compile(rf"\b{_AUX}\b", re.IGNORECASE)
_ASKING = re.compile(rf"^(?:{_PREPOSITION}\s+)?{_QUESTION_WORD}\b", re.IGNORECASE)
_ASKED_FIRST = re.compile(rf"^{_QUESTION_WORD}\b", re.IGNORECASE)
_WHICH = re.compile(
    r"^(?:which|what) (?P<thing>[^?]{2,60}?) (?P<rest>(?:is|are|was|were|has|have|had|will|would|can|"
    r"could|may|might|should)\b[^?]{2,160})\?*$",
    re.IGNORECASE,
)
_WHO_DOES = re.compile(rf"^who (?P<rest>(?!{_AUXILIARY.pattern} (?:the|a|an|[A-Z]))[^?]{{2,160}})\?*$", re.IGNORECASE)

_HE = re.compile(r"\b(?:he|she|him|his|hers|her|himself|herself)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its|itself)\b(?! (?:is |was )?(?:true|possible|likely|clear|known) that)", re.IGNORECASE)
_THE_THING = re.compile(
    r"\b(?:the|this|that) (?:company|firm|group|car ?maker|auto ?maker|bank|agency|brand|manufacturer|plant|factory|"
    r"deal|party|team|club|government|country)\b",
    re.IGNORECASE,
)
_THEY = re.compile(
    r"\b(?:they|them|their|theirs|themselves|both(?: of them)?|the two|(?:the|these|those|both) (?:two )?(?:companies|"
    r"car ?makers|auto ?makers|firms|brands|sides|partners|countries))\b",
    re.IGNORECASE,
)
_LAST = r"(?=\s*[?.!,]|$)"
_THAT = re.compile(
    rf"\b(?:that|this|these|those|so|there|then)\b{_LAST}"
    rf"|\b{_AUX} (?:that|this|these|those)\b(?! \w)"
    rf"|\b(?:before|after|since|about|of|to|for|from|behind|in) (?:that|this|these|those)\b{_LAST}",
    re.IGNORECASE,
)
_POSSESSIVE = frozenset({"his", "its", "their", "hers", "theirs"})
_DEFINITE = re.compile(r"\b(?:the|this|that|these|those|such|same|other|others|else|more|another)\b", re.IGNORECASE)
_ACRONYM = re.compile(r"\b[A-Z]{2,}\b")
_MARKERS = re.compile(r"\s*\[\d{1,3}\]|^(?:Yes|No|(?:Reports|The articles) differ[^.]*)\. ")  # of citations; prompts/


@dataclass(frozen=True, slots=True)
class _Before:
    """The turn before: its question as understood, and what was answered, where something was."""

    question: str
    answer: str | None = None

    @property
    def bare_question(self) -> str:
        return self.question.rstrip("?!. ")


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked without the conversation; as it is where it stands alone."""
    before: _Before | None = None
    for turn in history:
        if turn.role == "user":
            before = _Before(_understood(turn.text, before))
        elif before is not None:
            before = _Before(before.question, _answer_in(turn.text))
    return _understood(question, before)


def _understood(question: str, before: _Before | None) -> str:
    asked = " ".join(question.split())
    new = _NEW_TOPIC.sub("", asked, count=1)
    if before is None or new != asked:
        return _sentence(new) if new != asked and new else asked
    bare = _OPENERS.sub("", asked)
    for rule in (_who_said, _bare, _instead, _with_names, _asks_on):
        told = rule(bare, before)
        if told is not None:
            return told
    return asked


def _answer_in(text: str) -> str | None:
    """The first sentence of an answer without its markers; None of an abstention."""
    missing = load_prompt("abstain").wording.partition(":")[0]
    plain = _MARKERS.sub("", text).strip()
    if not plain or plain.startswith(missing):
        return None
    spans = sentence_spans(plain)
    first = plain[spans[0].start : spans[0].end] if spans else plain
    return first if len(first) <= LONGEST_ANSWER else None


def _who_said(question: str, before: _Before) -> str | None:
    """ "Who said that?": what was answered, without who said it."""
    if not (_WHO_SAID.match(question) or _WHOSE_WORD.match(question)):
        return None
    if before.answer is None:
        return _after(before, question)
    asking = re.sub(r"\s*\b(?:that|so|this|it)?\s*\?*$", "", question) if _WHO_SAID.match(question) else "Who said"
    return f"{_sentence(asking)} that {_said_in(before.answer)}?"


def _said_in(answer: str) -> str:
    """What is said in a sentence: without "One person said" at its beginning, or ", Diess said" at its end."""
    told = answer.rstrip('.!?”"’ ').lstrip('“"‘')
    for said in sayings(told):
        after = told[said.at :].partition(" ")[2].removeprefix("that ")
        if said.at < len(told) / 3 and len(after.split()) > 3:
            return after.strip('“”" ')
    return told


def _bare(question: str, before: _Before) -> str | None:
    """ "On which day?": the asking words, and the question before from its auxiliary on."""
    if not _BARE.match(question) or len(ask(question).terms) > _DEFINITE_TERMS:
        return None
    if _names(question) and _ASKED_FIRST.match(question):
        return None  # "Which plant builds Fords?" says it all, "In which German city?" does not
    if any(pronoun.search(question) for pronoun in (_HE, _IT, _THEY, _THAT)):
        return None
    rest = _predicate(before.bare_question)
    if rest is None:
        return _after(before, question)
    return f"{_sentence(question.rstrip('?! '))} {rest}?"


def _predicate(asked: str) -> str | None:
    """ "did Ford announce in June" of "What did Ford announce in June"; None of a question about the subject."""
    last = asked[sentence_spans(asked)[-1].start :] if sentence_spans(asked) else asked
    opening = _ASKING.match(last)
    found = _AUXILIARY.search(last)
    if found is None:
        return None
    if opening is None:
        return last[:1].lower() + last[1:] if found.start() == 0 else None
    rest = last[found.start() :]
    return rest if _inverted(rest) else None


def _inverted(rest: str) -> bool:
    """Whether a subject follows the auxiliary: a name, an article, a pronoun."""
    second = rest.split()[1] if len(rest.split()) > 1 else ""
    articles = {"the", "a", "an", "he", "she", "it", "they", "we", "you", "his", "her", "its", "their", "people"}
    return second[:1].isupper() or second.lower() in articles


def _instead(question: str, before: _Before) -> str | None:
    """ "What about VW?", "In Europe?", "And his cabinet?": put in the place of what is like it."""
    placed = _PLACED.match(question)
    if placed and not _VERB.search(placed["what"]) and not _ASKING.match(question):
        return _placed(placed["how"].lower(), placed["what"].strip(), before)
    about = _WHAT_ABOUT.match(question)
    what = about["what"].strip() if about else question.rstrip("?! ")
    if not about and (_VERB.search(what) or len(what.split()) > 5 or _ASKING.match(what)):
        return None
    inner = _PLACED.match(what)
    if inner:
        return _placed(inner["how"].lower(), inner["what"].strip(), before)
    if what.lower() in {"he", "she", "it", "they", "that", "this"}:
        return _after(before, question)
    return _swapped(what, before)


def _placed(how: str, what: str, before: _Before) -> str:
    asked = before.bare_question
    old = re.search(rf"\b{how} (?:the )?(?:[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)*|\d{{4}})", asked)
    if old:
        return f"{asked[: old.start()]}{how} {what}{asked[old.end() :]}?"
    return f"{asked} {how} {what}?"


def _swapped(what: str, before: _Before) -> str:
    """Another name in the place of the one that is most like it; with none, what is asked of is added."""
    asked = before.bare_question
    new, old = _names(what), _names(asked)
    if new and old:
        person = is_person(without_role(new[0]), new)
        alike = [name for name in old if is_person(without_role(name), old) == person] or old
        return f"{asked.replace(alike[0], what, 1)}?"
    owned = re.match(r"(?:his|her|its|their)\s+", what, re.IGNORECASE)
    if owned and old:
        return f"{asked.replace(old[0], f'{possessive(old[0])} {what[owned.end() :]}', 1)}?"
    return f"{asked}? {_sentence(what)}?"


def _with_names(question: str, before: _Before) -> str | None:
    """A name in the place of a pronoun; the question before in front where no name is sure."""
    called = ((_THE_THING, _thing),) if not _names(question) else ()
    for pronoun, find in ((_HE, _person), (_THEY, _several), (_IT, _thing), *called):
        match = pronoun.search(question)
        if match is None or _stands_before(question, match.start(), plural=pronoun is _THEY, person=pronoun is _HE):
            continue
        name = find(before)
        if name is None:
            return _after(before, question)
        old = match[0]
        owns = old.lower() in _POSSESSIVE or (old.lower() == "her" and _owns(question, match.end()))
        new = possessive(name) if owns else name
        return f"{question[: match.start()]}{_opening(new, match.start())}{question[match.end() :]}"
    if _THAT.search(question) and not _complete(question):
        return _after(before, question)
    return None


def _owns(question: str, at: int) -> bool:
    return bool(re.match(r"\s+\w", question[at:])) and not _VERB.match(question[at:].strip())


def _opening(name: str, at: int) -> str:
    return name[:1].upper() + name[1:] if at == 0 else name


def _stands_before(question: str, at: int, *, plural: bool, person: bool) -> bool:
    """Whether the question itself names what a pronoun in it stands for."""
    told = _names(question[:at])
    if plural:
        return len(told) > 1
    return any(is_person(without_role(name), told) for name in told) if person else bool(told)


def _complete(question: str) -> bool:
    """Whether a question says enough without what "that" stands for."""
    return len(_names(question)) > 1


def _person(before: _Before) -> str | None:
    answered = [one.speaker for one in sayings(before.answer or "") if one.named and one.speaker]
    told = [*_names(before.question), *answered, *_names(before.answer or "")]
    found = next((name for name in map(without_role, told) if is_person(name, told)), None)
    if found:
        return found
    if answered:
        return without_role(answered[0])
    who = _WHO_DOES.match(before.question)
    return f"the person who {who['rest'].strip()}" if who else None


def _thing(before: _Before) -> str | None:
    """What was asked for, before what was named: "it" after "which plant may build cars" is the plant."""
    which = _WHICH.match(before.question)
    if which and not _inverted(which["rest"]):
        return f"the {which['thing']} that {which['rest'].strip()}"
    told = _names(before.question)
    things = [name for name in told if _ACRONYM.search(name) or not is_person(without_role(name), told)]
    return things[0] if len(things) == 1 else None


def _several(before: _Before) -> str | None:
    told = _names(before.question)
    joined = re.search(r" and ", before.question)
    if len(told) == 2 and joined and f"{told[0]} and {told[1]}" in before.question:
        return f"{told[0]} and {told[1]}"
    return None


def _asks_on(question: str, before: _Before) -> str | None:
    """A question that names nothing and says little goes on about what was asked before."""
    if _names(question):
        return None
    terms = len(ask(question).terms)
    if terms <= _FEW_TERMS or (terms <= _DEFINITE_TERMS and _DEFINITE.search(question)):
        return _after(before, question)
    return None


def _after(before: _Before, question: str) -> str:
    """The question before, then this one: the last question is what is wanted."""
    first = before.bare_question[-_ASKED_BEFORE:]
    return f"{first}? {_sentence(question)}"


def _names(text: str) -> list[str]:
    """Names, less a capital that only opens a question."""
    found = [name for name in names_in(text) if not _ASKING.fullmatch(name)]
    return [name for n, name in enumerate(found) if not any(same_name(name, other) for other in found[:n])]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
