"""What boilerplate says of itself: rules that tell a paragraph's kind from its own words, whatever stands around it.

Each rule describes a habit of news sites, not the words of one. A paragraph that is longer than its rule allows is
left alone: what else it says may be news.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.types import MarkKind

NAME = r"(?:[A-Z][\w.’'-]*|[A-Z]\.)(?: (?:[A-Z][\w.’'-]*|de|del|di|la|le|van|von|der|bin|al)){1,3}"
_AGENCY = (
    r"(?:Getty(?: Images)?|AFP|AP(?: Photo)?|Associated Press|Reuters|REUTERS|Shutterstock|EPA(?:-EFE)?|Alamy|"
    r"iStock(?:photo)?|PA(?: Wire| Images)?|Bloomberg|Xinhua|Anadolu(?: Agency)?|NurPhoto|ZUMA(?: Press)?|"
    r"Sipa(?: USA)?|Redux|WireImage|Imagn(?: Images)?|Icon Sportswire|dpa|Unsplash|Wikimedia(?: Commons)?|TASS|"
    r"Sputnik|Kyodo(?: News)?|MediaPunch)"
)
_MAIL = r"[\w.+-]+@[\w-]+\.[\w.]+"
_HANDLE = r"@\w{2,}"
_NETWORK = r"(?:Twitter|X|Facebook|Instagram|LinkedIn|Threads|Bluesky)"
_SUBSCRIBED = (
    r"(?:newsletter|inbox|alerts?|briefing|updates|podcast|e-?mails?|texts?|text messages|free|here|now|today|edition|"
    r"daily|weekly|journalism|deals|news)"
)


class _Rule(NamedTuple):
    kind: MarkKind
    longest: int  # code points of a paragraph that the rule may take whole
    hints: tuple[str, ...]  # in small letters: without one of them the pattern can't match, and is not tried
    pattern: re.Pattern[str]


def _whole(kind: MarkKind, longest: int, *patterns: str) -> _Rule:
    """A rule for all of a paragraph, whatever its case."""
    return _Rule(kind, longest, (), re.compile(rf"[\W_]*(?i:{'|'.join(patterns)})[\W_]*\Z"))


def _starting(kind: MarkKind, longest: int, *patterns: str) -> _Rule:
    return _Rule(kind, longest, (), re.compile("|".join(patterns)))


def _anywhere(kind: MarkKind, longest: int, hints: str, *patterns: str) -> _Rule:
    anywhere = "|".join(f"(?:{pattern})" for pattern in patterns)
    return _Rule(kind, longest, tuple(hints.split("|")), re.compile(rf"(?s:.*?)(?:{anywhere})"))


_RULES = (
    _Rule("navigation", 10_000, (), re.compile(r"[\W_]+\Z")),
    _anywhere(
        "navigation",
        450,  # what a video player, or a page without its scripts, says
        "video|this ad|ad froze|javascript|browser|blocker|cookies|source:|check |quiz",
        r"(?i:video player was|how relevant is this ad|ad froze or)",
        r"(?i:\b(?:video|ad) (?:content )?(?:never|did not) (?:load|start|finish))",
        r"\A(?i:video ad feedback\b)",
        r"\b\d{1,2}:\d\d (?:- |– |— )?Source: \w+",
        r"(?i:\b(?:please )?enable javascript|browser (?:does not|doesn['’]t) support|disable your ad ?blocker)",
        r"(?i:\baccept (?:all )?cookies)",
        r"(?i:\bcheck (?:your|the) \w+ \w+ here\b)|\ATake (?:our|the|\S+['’]s) [^.\n]{0,30}quiz\b",
    ),
    _starting(
        "navigation",
        160,  # links to other stories: a label and a headline
        r"[\W_]*(?i:read (?:more|next|also)|more|more (?:from|on|coverage|stories|reading|news)[^:.]{0,40}|"
        r"related(?: \w+){0,2}|see (?:also|more)|also(?: read| see| on [^:.]{0,30})?|watch(?: now| live)?|"
        r"listen(?: now)?|videos?|photos?|gallery|recommended|you may (?:also )?like|don['’]t miss|"
        r"in (?:photos|pictures)|live updates?|interactive|graphics?|fact[- ]checks?|opinion|explainer|quiz|poll)"
        r"\s?:\s?[^\s:][^\n]{3,}(?<![.”\"])\Z",
        r"[A-Z][^:.?!\n]{2,45}:(?=[A-Z“\"‘'])[^\n]{8,}(?<![.”\"])\Z",  # the space went with the link's markup
        r"(?:[^\n]{0,60}[:|>–-] ?)?https?://\S+(?: (?:and|or|,) https?://\S+)*[\W_]*\Z",
        r"Follow every [^.\n]{3,60}\Z",
        r"[^\n]*>>>?\s*\Z",
    ),
    _whole(
        "navigation",
        160,
        r"read (?:more|next|(?:the )?full story)(?: here)?|related(?: (?:stories|articles|content|topics|links))?",
        r"more (?:stories|news|from [^.]{2,30})|up next|(?:trending|recommended)(?: now| for you| stories)?",
        r"most (?:read|popular|viewed)|share(?: this)?(?: (?:article|story|page|post))?(?: (?:on|via|by) [^.]{2,40})?",
        r"(?:re)?tweet|print|e-?mail|comments?|leave a (?:comment|reply)|back to top|skip to (?:main )?content",
        r"previous|next|menu|search|close|loading|view (?:all|more|comments|gallery)|load more|show more",
        r"(?:hide|show|view) caption|just watched|replay|must watch",
        r"(?:(?:facebook|twitter|x|linkedin|whatsapp|e-?mail|reddit|pinterest|telegram|copy link|share|print|instagram)"
        r"\b[\W_]*){2,}",
        r"(?:story|article) continues(?: (?:below|after)[^\n]{0,30})?|scroll down[^\n]{0,40}|continue reading",
        r"click here (?:to|for)\b[^.\n]{0,60}",
        r"(?:this|the) (?:story|article|post|headline|page|report)(?: and (?:its )?headline)? (?:has|have) been updated"
        r"(?: (?:with|to (?:include|add|reflect)) (?:additional|more|new|further|the latest) \w+(?: \w+)?)?",
        r"this is a (?:developing|breaking)(?: news)? story\b[^\n]{0,100}",
        r"(?:this|that) (?:story|article) (?:was |is |has been )?(?:first |originally )?(?:published|appeared) "
        r"(?:in|on|by|at) [^\n]{2,80}",
    ),
    _anywhere(
        "signup",
        450,
        "sign up|sign-up|subscri|inbox|delivered|newsletter|you have shared|your data|journalism|brands|join us|follow "
        "|app",
        rf"(?:\A|[.!?:)…]\s*|\s)(?:Sign up|SIGN UP|Sign-up|Subscribe|SUBSCRIBE)\b[^\n]{{0,90}}?\b(?i:{_SUBSCRIBED})\b",
        r"(?i:\b(?:to|in|into) your inbox\b)",
        r"(?i:\bdelivered (?:straight |right |directly )?to your (?:inbox|phone|e-?mail))",
        r"(?:\A|\n)(?i:(?=.*\b(?:newsletters?|inbox|e-?mails?|updates|alerts|texts?|edition|journalism|subscribers?)\b).*"
        r"\b(?:sign up|subscribe)\b[^\n.]{0,60}\b(?:here|our)\b)",
        r"(?i:\bsign up for (?:our|the|\S+['’]s) [^\n.]{0,60}newsletters?\b)",
        r"\A[^\n]{0,40}\bThe [^\n.]{2,40} newsletter (?:provides|brings|gives|sends) you\b",
        r"(?i:\A(?:would you like|want) to (?:receive|get) [^\n]{2,80}newsletter\b)",
        r"(?i:\bwe will use the (?:details|information) you have shared\b|\bobject to the use of your data\b)",
        r"\A['‘’]?We['’]? includes [^\n]{3,100}\bbrands\b",
        r"(?i:\b(?:consider )?support(?:ing)? (?:our|local|quality|independent)(?: \w+)? journalism\b)",
        r"(?i:\bbecome an? (?:[^\n.]{0,30} )?(?:digital )?subscriber\b|\bsubscribers(?: only)?\. you can sign up\b)",
        r"(?i:\Ajoin us on (?:twitter|facebook|instagram)\b|\bfollow our [^.\n]{0,40}newsletter)",
        r"\bFollow [A-Z]\w+ on (?:Facebook|Twitter|Instagram|X)\b[^.\n]{0,60} for (?:the latest|more)\b",
        r"(?i:\A(?:download|get) (?:our|the) [^\n.]{0,30}\bapp\b[^\n.]{0,60}\.?\Z)",
    ),
    _whole(
        "advert",
        80,
        r"advertisements?|sponsored(?: content| by [^\n.]{2,40})?|paid (?:content|post)|promoted(?: content)?",
        r"partner content|ad feedback|feedback|this (?:ad|advertisement) will end[^\n]{0,30}",
    ),
    _anywhere(
        "advert",
        300,
        "commission|our links|affiliate|offer|prices|content partner",
        r"(?i:\bmay earn (?:us |a |an |\w+ ){0,3}(?:affiliate )?commissions?\b)",
        r"(?i:\bpurchases? (?:you make )?(?:made )?through our links\b|\baffiliate links?\b)",
        r"(?i:\boffer (?:limited to|valid for|is for) new (?:subscribers|customers|members)\b)",
        r"(?i:\bprices were accurate at the time\b)",
        r"(?i:\bis an? (?:[\w ]{1,30} )?content partner\b)",
    ),
    _starting(
        "biography",
        450,
        r"[\W_]*(?:You can )?(?:[Rr]each|[Cc]ontact|[Ee]mail|E-mail|[Ff]ollow) [^\n]{0,120}?"
        rf"(?:{_MAIL}|{_HANDLE}|\bon {_NETWORK}\b)[^\n]{{0,120}}\Z",
        rf"(?:E-?mail|Twitter|X|Instagram|Facebook)\s?:? (?:{_MAIL}|{_HANDLE})[^\n]{{0,80}}\Z",
        rf"{NAME} (?:can be (?:reached|contacted|followed|emailed)|(?:is|tweets) (?:at|on) ?(?:Twitter )?{_HANDLE})"
        r"[^\n]{0,160}\Z",
    ),
    _anywhere(
        "biography",
        900,
        "expressed",
        r"(?i:\bthe (?:views|opinions) expressed (?:here|in (?:this|the) (?:commentary|article|column|piece)|are)\b)",
    ),
    _starting(
        "biography",
        900,
        rf"(?i:editor['’]s note)\W+{NAME}[^\n]{{0,12}} (?:is|was|has|writes|covers|served)\b",
    ),
    _anywhere(
        "credit",
        400,
        "getty|afp|ap|reuters|shutterstock|epa|alamy|istock|pa|bloomberg|xinhua|anadolu|nurphoto|zuma|sipa|redux|"
        "wireimage|imagn|icon|dpa|unsplash|wikimedia|tass|sputnik|kyodo|mediapunch",
        rf"(?:\A|[\s/|(])[\w.’' -]{{2,60}}/(?:[\w.’' -]{{2,40}}/){{0,3}}{_AGENCY}(?:/[\w .’'-]{{2,40}}){{0,2}}\)?\Z",
        rf"(?:\A|[\s(]){_AGENCY}/[^\n]{{2,50}}\)?\Z",
        r"\bGetty Images[)\s]*\Z",
    ),
    _anywhere(
        "credit",
        400,
        "photo|image|picture|credit|illustration|caption|courtesy",
        r"(?:\A|[\s(])(?:Photo|Image|Picture|Credit|Illustration)s? ?(?:by|:|via|/|courtesy of) ?"
        r"[A-Z@][^\n.]{1,70}\.?\)?\Z",
        r"(?i:\bhide caption(?: \d+ of \d+)?\W*\Z)",
        r"(?:\.|,|\A) ?Courtesy(?: of)? [A-Z][^\n.]{2,60}\Z",
    ),
    _starting(
        "credit",
        300,
        r"(?:By|Words by|Story by|Written by|Reporting by|Reported by|Photographs? by|Edited by|Compiled by) "
        rf"{NAME}(?:(?:,| and| \||/) [^\n.]{{0,120}})?\Z",
        r"[\W_]*(?i:contributing|contributors?|additional reporting|with reporting|reporting|editing|compiled|writing)"
        r"(?: by|:) ?[A-Z][^\n]{1,280}\Z",
        r"[\W_]*[A-Z][^\n“”\"]{2,220} contributed (?:to )?(?:(?:this|the) (?:\w+ )?(?:report|story|article|piece|post)|"
        r"(?:the |this |additional )?reporting)\b[^\n]{0,60}\Z",
        rf"(?:(?:From|By) )?(?:The )?(?:{_AGENCY}|[Ss]taff|[A-Z][\w’' ]{{2,30}} [Nn]etwork)"
        r"(?: and (?:staff|wire|other wire))*(?: (?:staff|wire))?"
        r"(?: (?:and wire )?(?:reports?|services?|staff|writers?))?\Z",
        r"(?:[A-Z][\w.’']*,? ){0,5}[A-Z]{2,}(?: [A-Z][a-z]+)? ?[—–-]+\Z",
        r"[^\n]{0,40}(?:©|\(c\) ?(?:19|20)\d\d|(?i:all rights reserved|copyright (?:19|20)\d\d))[^\n]{0,200}\Z",
        r"[^\n]{0,60}\b(?:is|are|was) (?:supported|made possible|funded)(?: in part)? by (?:a )?grants?\b",
    ),
)

# A sign-off under a piece of a longer report; after a quotation it names the speaker instead.
_SIGN_OFF = re.compile(rf"[–—-]{{1,2}} ?{NAME}(?:(?:,| and) [A-Z][\w.’' ]{{2,40}})*\Z")
_QUOTED = re.compile(r"[“\"‘].*[”\"’]\W*\Z", re.DOTALL)


def kind_of(paragraph: str, before: str) -> MarkKind | None:
    """The kind of boilerplate that a paragraph is by its own words, or None. `before` is the paragraph before it."""
    length = len(paragraph)
    small = paragraph[:900].lower()
    for kind, longest, hints, pattern in _RULES:
        if length > longest or (hints and not any(hint in small for hint in hints)):
            continue
        if pattern.match(paragraph):
            return kind
    if length <= 80 and paragraph[0] in "–—-" and _SIGN_OFF.match(paragraph) and not _QUOTED.match(before):
        return "credit"
    return None
