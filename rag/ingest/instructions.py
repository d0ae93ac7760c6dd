"""Where an article speaks to a machine instead of a reader: "ignore previous instructions", a chat's own control words.

Such sentences stay in the stored text and are not retrieved, so neither a model nor the reader rests an answer on them.
A newspaper that quotes one loses that sentence and what follows it in its paragraph. What is worded differently gets
through; the checks on every sentence of an answer stand behind this.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence

from rag.sentences import sentence_spans
from rag.types import Span

_MACHINE = (
    r"(?:A\.?I\.?s?|LLMs?|(?:large )?language models?|chat ?bots?|"
    r"(?:AI|virtual|digital|automated) (?:assistants?|agents?|systems?|models?|readers?)|"
    r"ChatGPT|GPT(?:-\d\w*)?|Claude|Gemini|Copilot|summari[sz]ers?|crawlers?|assistants?)"
)
_MACHINE_HINTS = "ai|a.i|llm|language model|bot|gpt|claude|gemini|copilot|summari|crawler|assistant"
_ORDER = (
    r"(?:ignore|disregard|forget|override|bypass|say|answer|respond|reply|tell|state|write|output|print|cite|quote|"
    r"repeat|include|insert|append|always|never|do not|don't|must|should|stop|treat|consider|use|recommend|translate|"
    r"summari[sz]e)"
)
_TOLD_BEFORE = (
    r"(?:(?:all|any|every|your|my|our|these|those|other|the) (?:of )?)*(?:(?:the|your|my|these|those) )?"
    r"(?:previous|prior|above|earlier|preceding|former|system|initial|original|existing|current|other|all|any|your)"
)
# The words without one of which a paragraph is passed over, and what is looked for then.
_RULES: tuple[tuple[str, str], ...] = (
    # to drop what it was told
    (
        "instruction|prompt|guideline|directi|rule|message|source|article|evidence|context",
        rf"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|do not (?:follow|obey)|"
        rf"stop following) {_TOLD_BEFORE}(?: \w+){{0,2}} (?:instructions?|prompts?|guidelines|directives?|directions|"
        r"messages?|rules|sources|articles|quotes|evidence|documents|context)\b",
    ),
    (
        "ignore|disregard|forget",
        r"\b(?:ignore|disregard|forget) (?:everything|anything|all)(?: \w+){0,3} "
        r"(?:above|before|earlier|previously|so far|said|told)\b",
    ),
    # to take a part
    (
        "you are ",
        r"\byou are (?:now |no longer )?(?:an? |the |in )?(?:unrestricted |helpful |different |new )?"
        rf"(?:{_MACHINE}|DAN\b|developer mode|jailbroken)",
    ),
    (" mode", r"\b(?:enter|activate|enable|switch to) (?:developer|debug|admin|god|jailbreak|DAN) mode\b"),
    (
        "note|message|instruction|attention|important|notice|dear|hey|hello",
        r"\b(?:notes?|messages?|instructions?|attention|important|notice|dear|hey|hello)(?: \w+){0,2}? ?(?:to|for)?:? "
        rf"(?:the |all |any |every )?{_MACHINE}\b(?=[^.!?]{{0,80}}(?:[:,!]|\b{_ORDER}\b))",
    ),
    (_MACHINE_HINTS, rf"(?:^|[.!?:]\s+){_MACHINE}[,:] (?:please |you |kindly )?{_ORDER}\b"),
    (_MACHINE_HINTS, rf"\b(?:if|when|whenever) you(?: are|'re|’re)? (?:an? |the )?{_MACHINE}\b"),
    # to say something
    (
        "ask|summari|quer|prompted|answer",
        r"\b(?:if|when|whenever) (?:you(?: are|'re|’re) (?:asked|queried|prompted|answering|summari[sz]ing)|"
        r"(?:anyone|someone|the user|a user|users?|a reader) (?:asks?|quer(?:y|ies)))\b[^.!?]{0,120}?\b"
        r"(?:say|answer|respond|reply|tell|state|claim|include|cite|write|output|mention)\b",
    ),
    (
        "respond|reply|answer",
        r"\b(?:respond|reply|answer)(?: \w+){0,4} (?:only )?(?:with|by saying|using)(?: only| just)? "
        r"(?:the (?:word|phrase|text|following)|[\"“'‘])",
    ),
    (
        "following|this",
        r"\b(?:output|print|write|repeat|include|insert|append|embed|render|display) (?:exactly )?"
        r"(?:the following|this)(?: \w+){0,2} "
        r"(?:text|sentence|link|image|picture|url|markdown|html|code|phrase|words|line)\b",
    ),
    # to be cited
    (
        "cite |quote |reference |credit ",
        r"\b(?:cite|quote|reference|credit) (?:only )?(?:this|it|the following|our)(?: \w+){0,3} "
        r"(?:as|when|in (?:your|every|each|all))\b",
    ),
    (
        "this ",
        r"\b(?:always|only) (?:cite|quote|trust|recommend|use) this "
        r"(?:article|page|text|source|document|passage|website)\b",
    ),
    (" only ", r"\bas (?:the|your) only (?:reliable |trusted |true )?(?:source|evidence)\b"),
    # the frame and control words of a chat
    (
        " prompt",
        r"\b(?:system|hidden|initial|developer) prompt\b"
        r"(?=[^.!?]{0,60}[:=]|[^.!?]{0,80}\b(?:reveal|print|show|output|override|ignore)\b)",
    ),
    (
        "system|assistant|developer|instruction",
        r"(?:^|\n|[.!?>\]]\s+)[\[<(*#\s]*(?:system|assistant|developer|new instructions?|"
        r"system (?:message|note|update|override))[\])*]*\s?:\s*\S",
    ),
    (
        " of ",
        r"\b(?:end|beginning|start) of (?:the )?(?:articles?|context|documents?|instructions|system prompt|user input|"
        r"quotes?|evidence)\b(?=\W*(?:$|\n|[=\-#\]>*.:]))",
    ),
    (
        "<|inst]",
        r"<\|[^|<>\n]{0,60}\|>|\[/?INST\]|<</?SYS>>|"
        r"</?(?:system|instructions?|assistant|user|article|context|document)>",
    ),
    ("[e", r"^\s*\[E\d{1,4}\] "),
    ("##|===", r"^\W{0,4}#{2,} ?(?:instructions?|system|response|human|assistant)\b|={3,} ?(?:END OF )?ARTICLE"),
    ("![", r"!\[[^\]]*\]\(\s*https?://"),
    # other languages: to drop what it was told
    (
        "anweisung|instruktion|vorgabe|regel|befehl",
        r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*)\b.{0,60}"
        r"\b(?:anweisung|instruktion|vorgabe|regel|befehl)\w*",
    ),
    (
        "instructions|consignes|directives|règles",
        r"\b(?:ignore[rz]? (?:les|toutes|ces|tes|vos)|oublie[rz]?|ne (?:tiens|tenez) pas compte)\b.{0,60}"
        r"\b(?:instructions|consignes|directives|règles)",
    ),
    (
        "instrucciones|indicaciones|órdenes|reglas",
        r"\b(?:ignor[aeo]\w*|olvid[ae]\w*|haz caso omiso|haga caso omiso)\b.{0,60}"
        r"\b(?:instrucciones|indicaciones|órdenes|reglas)",
    ),
    (
        "istruzioni|indicazioni|regole|direttive",
        r"\b(?:ignor[aei]\w*|dimentic\w+|non seguire)\b.{0,60}\b(?:istruzioni|indicazioni|regole|direttive)",
    ),
    (
        "instruções|orientações|regras|comandos",
        r"\b(?:ignor[ae]\w*|esque[çc]\w*|desconsider\w+)\b.{0,60}\b(?:instruções|orientações|regras|comandos)",
    ),
    (
        "instructies|aanwijzingen|opdrachten|regels",
        r"\b(?:negeer|vergeet)\b.{0,60}\b(?:instructies|aanwijzingen|opdrachten|regels)",
    ),
    (
        "instrukcj|polece|zasad",
        r"\b(?:zignoruj\w*|ignoruj\w*|zapomnij\w*)\b.{0,60}\b(?:instrukcj|polece|zasad)\w*",
    ),
    (
        "инструкци|указани|правил|команд",
        r"\b(?:игнорируй\w*|проигнорируй\w*|забудь\w*|не обращай\w*)\b.{0,60}"
        r"(?:инструкци|указани|правил|команд)\w*",
    ),
    (
        "忽略|无视|無視|忽视|忘记|忘記",
        r"(?:忽略|无视|無視|忽视|忘记|忘記).{0,16}(?:指令|指示|说明|規則|规则|提示|命令)",
    ),
    ("無視|忘れ", r"(?:指示|命令|ルール|プロンプト).{0,16}(?:無視|忘れ)"),
    ("무시|잊", r"(?:지시|명령|규칙|프롬프트).{0,20}(?:무시|잊)"),
    ("التعليمات|الأوامر|القواعد|تعليمات", r"(?:تجاهل|انس[َى]?).{0,40}(?:التعليمات|الأوامر|القواعد|تعليمات)"),
    ("yok say|görmezden|unut", r"(?:talimat|komut|kural)\w*.{0,40}(?:yok say|görmezden gel|unut)\w*"),
    ("निर्देश|आदेश", r"(?:निर्देश|आदेश).{0,40}(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल)"),
)
_INSTRUCTIONS = tuple(
    (tuple(hints.split("|")), re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for hints, pattern in _RULES
)
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
_BASE64 = re.compile(r"(?<![\w/+=])[A-Za-z0-9+/]{24,}={0,2}(?![\w/+=])")
_FEW_WORDS = 3  # after an order's opening: then it goes on in the next paragraph
_LEAST_LETTERS = 0.8  # of what base64 decodes to, to be taken for words


def instruction_spans(text: str, paragraphs: Sequence[Span]) -> Iterator[Span]:
    """From the first sentence that speaks to a machine to the end of its paragraph, for each that has one; and over
    the next paragraph where little more than the order's opening stands in the first ("### Instruction").
    """
    opened = False
    for paragraph in paragraphs:
        at, end = _speaks_at(text[paragraph.start : paragraph.end])
        if at is not None:
            starts = [span.start for span in sentence_spans(text, paragraph.start, paragraph.end)]
            first = max((start for start in starts if start <= paragraph.start + at), default=paragraph.start)
            yield Span(paragraph.start if opened else first, paragraph.end)
        elif opened:
            yield paragraph
        opened = at is not None and len(text[paragraph.start + end : paragraph.end].split()) < _FEW_WORDS


def _speaks_at(paragraph: str) -> tuple[int | None, int]:
    """Where a paragraph first speaks to a machine, and where the words that show it end."""
    found = [place for place in (_ordered_at(paragraph), _hidden_at(paragraph)) if place is not None]
    return min(found, default=(None, 0))


def _ordered_at(paragraph: str) -> tuple[int, int] | None:
    folded, places = (paragraph, None) if _is_plain(paragraph) else _folded(paragraph)
    small = folded.lower()
    found = [
        match.span()
        for hints, pattern in _INSTRUCTIONS
        if any(hint in small for hint in hints) and (match := pattern.search(folded))
    ]
    if not found:
        return None
    start, end = min(found)
    return (places[start], places[end - 1] + 1) if places else (start, end)


def _is_plain(text: str) -> bool:
    return text.isascii() or (unicodedata.is_normalized("NFKC", text) and not _UNSEEN.search(text))


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in plain forms of its letters, without what nobody sees; and where each of its characters stood."""
    letters = [(c, at) for at, one in enumerate(text) for c in unicodedata.normalize("NFKC", one) if _seen(one)]
    return "".join(c for c, _ in letters), [at for _, at in letters]


def _seen(char: str) -> bool:
    return unicodedata.category(char) != "Cf"


def _hidden_at(paragraph: str) -> tuple[int, int] | None:
    """Where words stand that are written in base64."""
    for match in _BASE64.finditer(paragraph):
        try:
            told = base64.b64decode(match[0] + "=" * (-len(match[0]) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        plain = sum(char.isalpha() or char == " " for char in told)
        if " " in told and plain >= _LEAST_LETTERS * len(told):
            return match.span()
    return None
