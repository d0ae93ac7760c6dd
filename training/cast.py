"""Made-up people, bodies, deeds and dealings, from which `contrasts.py` writes sentences whose meaning is known."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = (
    "Adaeze",
    "Aino",
    "Amir",
    "Anders",
    "Beatriz",
    "Carlos",
    "Chiara",
    "Claire",
    "Daniel",
    "Dieter",
    "Elena",
    "Emeka",
    "Farah",
    "Fiona",
    "Gareth",
    "Hana",
    "Henrik",
    "Ibrahim",
    "Ingrid",
    "Ivan",
    "James",
    "Jing",
    "Jorge",
    "Katarina",
    "Kofi",
    "Laura",
    "Leila",
    "Lucas",
    "Magda",
    "Marcus",
    "Mei",
    "Miguel",
    "Nadia",
    "Naomi",
    "Oleg",
    "Olivia",
    "Pablo",
    "Peter",
    "Priya",
    "Rachel",
    "Rafael",
    "Samuel",
    "Sara",
    "Stefan",
    "Tariq",
    "Thomas",
    "Ursula",
    "Victor",
    "Wanda",
    "William",
    "Yasmin",
    "Yuki",
    "Zoe",
)
_LAST = (
    "Abbott",
    "Acosta",
    "Baker",
    "Banerjee",
    "Becker",
    "Bianchi",
    "Brandt",
    "Campbell",
    "Castillo",
    "Chen",
    "Costa",
    "Dalton",
    "Diallo",
    "Dubois",
    "Eriksen",
    "Farrell",
    "Fischer",
    "Garcia",
    "Gibson",
    "Haddad",
    "Hall",
    "Hansen",
    "Hughes",
    "Ito",
    "Jansen",
    "Jovanovic",
    "Kaya",
    "Kim",
    "Kowalski",
    "Laurent",
    "Lopez",
    "Mbeki",
    "McBride",
    "Mendes",
    "Miller",
    "Moreau",
    "Nakamura",
    "Novak",
    "Nowak",
    "Obi",
    "Okafor",
    "Olsen",
    "Osman",
    "Park",
    "Patel",
    "Pereira",
    "Popescu",
    "Rahman",
    "Reyes",
    "Rossi",
    "Santos",
    "Schmidt",
    "Silva",
    "Singh",
    "Sorensen",
    "Suzuki",
    "Taylor",
    "Torres",
    "Ueda",
    "Vargas",
    "Vogel",
    "Walsh",
    "Weber",
    "Wilson",
    "Wright",
    "Yilmaz",
    "Zhang",
)
_PLACES = (
    "Aberdeen",
    "Austin",
    "Bergen",
    "Bologna",
    "Boston",
    "Brno",
    "Calgary",
    "Cardiff",
    "Denver",
    "Dresden",
    "Durban",
    "Florida",
    "Geneva",
    "Ghana",
    "Graz",
    "Hanoi",
    "Izmir",
    "Kerala",
    "Lagos",
    "Leeds",
    "Lima",
    "Malmo",
    "Nagoya",
    "Nairobi",
    "Ohio",
    "Oporto",
    "Osaka",
    "Perth",
    "Peru",
    "Quebec",
    "Riga",
    "Seville",
    "Sofia",
    "Tampere",
    "Texas",
    "Tunis",
    "Turin",
    "Utrecht",
    "Valencia",
    "Zagreb",
)
_BODIES = (
    "{last} Group",
    "{last} Motors",
    "{last} Foods",
    "{last} and Sons",
    "{place} City Council",
    "Bank of {place}",
    "{place} University",
    "{place} Airlines",
    "{place} Steel",
    "{last} Pharma",
    "{place} Energy",
    "{last} Media",
    "{place} Teachers' Union",
    "{last} Robotics",
    "{place} Port Authority",
    "{last} Logistics",
)
_TEAMS = ("{place} Rovers", "{place} United", "{place} Tigers", "{place} Wanderers", "{place} City", "{place} Hawks")
ROLES = (
    "chief executive",
    "chairman",
    "finance director",
    "spokesperson",
    "head of research",
    "deputy director",
    "general manager",
    "lawyer",
)


def place(rng: random.Random) -> str:
    return rng.choice(_PLACES)


def person(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def body(rng: random.Random) -> str:
    return rng.choice(_BODIES).format(last=rng.choice(_LAST), place=rng.choice(_PLACES))


def team(rng: random.Random) -> str:
    return rng.choice(_TEAMS).format(place=rng.choice(_PLACES))


def namesake(name: str, rng: random.Random) -> str:
    """Another person with the same surname."""
    first, last = name.split(" ", 1)
    return f"{rng.choice([one for one in _FIRST if one != first])} {last}"


@dataclass(frozen=True, slots=True)
class Dealing:
    """What one does to another: "A `past` B`tail`". `alike` are other ways to say it, `converse` says it from B's side,
    each as (before, after): "A before B after" or "B before A after". `who` makes the two.
    """

    base: str
    past: str
    participle: str
    tail: str
    who: str
    alike: tuple[str, ...] = ()
    converse: tuple[str, ...] = ()


DEALINGS = (
    Dealing("sue", "sued", "sued", " over unpaid bills", "body", ("took legal action against",)),
    Dealing("sue", "sued", "sued", " for breach of contract", "any", ("brought a lawsuit against",)),
    Dealing(
        "buy",
        "bought",
        "bought",
        "",
        "body",
        ("acquired", "purchased", "took over"),
        ("was acquired by", "sold itself to"),
    ),
    Dealing("acquire", "acquired", "acquired", "", "body", ("bought", "completed the purchase of"), ("was sold to",)),
    Dealing(
        "beat", "beat", "beaten", "", "team", ("defeated", "won against", "overcame"), ("lost to", "was defeated by")
    ),
    Dealing("defeat", "defeated", "defeated", " in the final", "team", ("beat",), ("lost to",)),
    Dealing("defeat", "defeated", "defeated", " in the election", "person", ("beat",), ("lost to",)),
    Dealing("accuse", "accused", "accused", " of fraud", "any", (), ("faced an accusation of fraud from",)),
    Dealing("accuse", "accused", "accused", " of leaking documents", "any"),
    Dealing(
        "criticise",
        "criticised",
        "criticised",
        " over the delays",
        "any",
        ("found fault with",),
        ("drew criticism from",),
    ),
    Dealing("praise", "praised", "praised", " for the rescue", "any", ("commended",), ("won praise from",)),
    Dealing(
        "replace",
        "replaced",
        "replaced",
        " as chief executive",
        "person",
        ("succeeded", "took over from"),
        ("was succeeded by",),
    ),
    Dealing(
        "succeed",
        "succeeded",
        "succeeded",
        " as mayor",
        "person",
        ("followed", "replaced"),
        ("was followed by", "handed over to"),
    ),
    Dealing(
        "lend",
        "lent money to",
        "lent money",
        "",
        "any",
        ("gave a loan to",),
        ("borrowed money from", "received a loan from"),
    ),
    Dealing("hire", "hired", "hired", "", "person", ("recruited",), ("was recruited by", "went to work for")),
    Dealing("sack", "sacked", "sacked", "", "person", ("dismissed", "fired"), ("was fired by", "lost the job under")),
    Dealing("arrest", "arrested", "arrested", " after the protest", "person"),
    Dealing("injure", "injured", "injured", " in the collision", "person", ("hurt",)),
    Dealing("rescue", "rescued", "rescued", " from the river", "person", ("saved",), ("was saved by",)),
    Dealing("endorse", "endorsed", "endorsed", " for president", "person", ("backed",), ("won the backing of",)),
    Dealing(
        "fine", "fined", "fined", " for polluting the bay", "body", ("imposed a fine on",), ("had to pay a fine to",)
    ),
    Dealing(
        "supply",
        "supplied",
        "supplied",
        " with batteries",
        "body",
        (),
        ("bought batteries from", "gets its batteries from"),
    ),
    Dealing("warn", "warned", "warned", " about the faulty brakes", "any", (), ("received a warning from",)),
    Dealing("invite", "invited", "invited", " to the summit", "person", (), ("was asked to the summit by",)),
    Dealing("teach", "taught", "taught", " the violin", "person", (), ("learned the violin from",)),
    Dealing("thank", "thanked", "thanked", " for the donation", "any", ("expressed gratitude to",)),
    Dealing("pay", "paid", "paid", " a settlement", "any", (), ("received a settlement from",)),
    Dealing("outspend", "outspent", "outspent", " last year", "body", ("spent more than",), ("spent less than",)),
    Dealing(
        "overtake", "overtook", "overtaken", " in sales", "body", ("sold more than",), ("sold less than", "fell behind")
    ),
    Dealing("sponsor", "sponsored", "sponsored", "", "body", (), ("is sponsored by",)),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What one does: "A `past` `object`". `alike` are ways to say the same, `opposite` what rules it out."""

    base: str
    past: str
    participle: str
    object: str
    alike: tuple[str, ...] = ()
    opposite: tuple[str, ...] = ()

    def told(self) -> str:
        return f"{self.past} {self.object}".strip()

    def bare(self) -> str:
        return f"{self.base} {self.object}".strip()


_SETS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "approve",
        "approved",
        "approved",
        ("the budget", "the merger", "the housing plan", "the pension reform"),
        ("gave {o} the green light", "gave {o} the go-ahead", "backed {o}"),
        ("rejected {o}", "turned down {o}", "voted against {o}", "blocked {o}"),
    ),
    (
        "reject",
        "rejected",
        "rejected",
        ("the offer", "the plan", "the appeal", "the proposed treaty"),
        ("turned down {o}", "said no to {o}", "dismissed {o}"),
        ("accepted {o}", "agreed to {o}", "approved {o}"),
    ),
    (
        "open",
        "opened",
        "opened",
        ("a factory in {place}", "a new branch", "the border crossing", "an embassy in {place}"),
        ("inaugurated {o}",),
        ("closed {o}", "shut {o}", "shut down {o}"),
    ),
    (
        "close",
        "closed",
        "closed",
        ("the plant in {place}", "the swimming pool", "its last mine", "the bridge"),
        ("shut {o}", "shut down {o}"),
        ("kept {o} open", "reopened {o}"),
    ),
    (
        "raise",
        "raised",
        "raised",
        ("interest rates", "its dividend", "ticket prices", "the minimum wage", "the age limit"),
        ("increased {o}", "lifted {o}"),
        ("cut {o}", "lowered {o}", "reduced {o}", "left {o} unchanged"),
    ),
    (
        "cut",
        "cut",
        "cut",
        ("its forecast", "working hours", "the subsidy", "fuel prices"),
        ("reduced {o}", "lowered {o}"),
        ("raised {o}", "increased {o}", "kept {o} as it was"),
    ),
    (
        "win",
        "won",
        "won",
        ("the election", "the appeal", "the contract", "the final", "the marathon in {place}"),
        ("was victorious in {o}",),
        ("lost {o}",),
    ),
    (
        "lose",
        "lost",
        "lost",
        ("the court case", "the licence", "the vote", "the semi-final"),
        (),
        ("won {o}", "kept {o}"),
    ),
    (
        "accept",
        "accepted",
        "accepted",
        ("the award", "the invitation", "the job"),
        ("said yes to {o}", "agreed to take {o}"),
        ("declined {o}", "refused {o}", "turned down {o}"),
    ),
    (
        "join",
        "joined",
        "joined",
        ("the coalition", "the board", "the alliance", "the strike"),
        ("became part of {o}",),
        ("left {o}", "stayed out of {o}", "quit {o}"),
    ),
    (
        "leave",
        "left",
        "left",
        ("the party", "the club", "the talks", "hospital"),
        ("walked out of {o}", "departed from {o}"),
        ("stayed in {o}", "remained in {o}"),
    ),
    (
        "sign",
        "signed",
        "signed",
        ("the agreement", "the contract", "the petition", "the ceasefire deal"),
        ("put a signature to {o}",),
        ("walked away from {o}", "refused to sign {o}", "never signed {o}"),
    ),
    (
        "release",
        "released",
        "released",
        ("the documents", "the hostages", "the test results", "the recordings"),
        ("made {o} available",),
        ("withheld {o}", "kept back {o}", "did not release {o}"),
    ),
    (
        "publish",
        "published",
        "published",
        ("the report", "the accounts", "the letters"),
        ("brought out {o}", "made {o} public"),
        ("kept {o} secret", "withheld {o}"),
    ),
    (
        "ban",
        "banned",
        "banned",
        ("the pesticide", "the march", "plastic bottles", "the app"),
        ("outlawed {o}", "prohibited {o}"),
        ("allowed {o}", "permitted {o}", "lifted the ban on {o}"),
    ),
    (
        "delay",
        "delayed",
        "delayed",
        ("the launch", "the vote", "the trial", "the opening"),
        ("postponed {o}", "put off {o}"),
        ("brought {o} forward", "went ahead with {o} as planned"),
    ),
    (
        "confirm",
        "confirmed",
        "confirmed",
        ("the death toll", "the date", "the takeover talks"),
        ("verified {o}",),
        ("denied {o}",),
    ),
    (
        "support",
        "supported",
        "supported",
        ("the strike", "the reform", "the new law"),
        ("backed {o}", "was in favour of {o}"),
        ("opposed {o}", "was against {o}", "fought {o}"),
    ),
    (
        "build",
        "built",
        "built",
        ("a school in {place}", "a solar park", "a second runway"),
        ("constructed {o}",),
        ("demolished {o}", "scrapped {o}"),
    ),
    (
        "sell",
        "sold",
        "sold",
        ("the painting", "the newspaper", "the airport", "half of the shares"),
        ("disposed of {o}",),
        ("bought {o}", "held on to {o}", "kept {o}"),
    ),
    (
        "start",
        "started",
        "started",
        ("production in {place}", "an inquiry", "a hunger strike", "the trial"),
        ("began {o}", "launched {o}"),
        ("ended {o}", "stopped {o}", "called off {o}"),
    ),
    (
        "stop",
        "stopped",
        "stopped",
        ("the deliveries", "the project", "the payments"),
        ("halted {o}", "ended {o}"),
        ("continued {o}", "resumed {o}", "carried on with {o}"),
    ),
    (
        "find",
        "found",
        "found",
        ("the missing hikers", "the flight recorder", "evidence of fraud"),
        ("discovered {o}",),
        ("found no trace of {o}", "did not find {o}"),
    ),
    ("pay", "paid", "paid", ("the fine", "the ransom", "the workers"), (), ("did not pay {o}", "refused to pay {o}")),
    (
        "survive",
        "survived",
        "survived",
        ("the crash", "the no-confidence vote", "the attack"),
        ("came through {o}",),
        ("did not survive {o}",),
    ),
    (
        "apologise",
        "apologised",
        "apologised",
        ("for the remarks", "to the victims"),
        ("said sorry {o}",),
        ("refused to apologise {o}", "did not apologise {o}"),
    ),
    (
        "resign",
        "resigned",
        "resigned",
        ("as minister", "from the committee", "over the scandal"),
        ("stepped down {o}", "quit {o}"),
        ("stayed on and did not resign {o}",),
    ),
    (
        "testify",
        "testified",
        "testified",
        ("before the committee", "in court"),
        ("gave evidence {o}",),
        ("refused to testify {o}",),
    ),
)


def deed(rng: random.Random) -> Deed:
    base, past, participle, objects, alike, opposite = rng.choice(_SETS)
    thing = rng.choice(objects).format(place=place(rng))
    return Deed(
        base,
        past,
        participle,
        thing,
        tuple(a.format(o=thing) for a in alike),
        tuple(a.format(o=thing) for a in opposite),
    )


def dealing(rng: random.Random) -> tuple[Dealing, str, str]:
    """A dealing and two that it may be between."""
    made = rng.choice(DEALINGS)
    one = {"person": person, "body": body, "team": team}.get(made.who) or rng.choice((person, body))
    first, second = one(rng), one(rng)
    while second == first:
        second = one(rng)
    return made, first, second
