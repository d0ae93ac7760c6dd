"""Every error that Byline raises on purpose.

BylineError                    what failed, why, and the remedy
├── InputError                 the user's input can't be used
│   ├── ArticleRejected        an article of a batch; the rest of the batch goes on
│   ├── QuestionRejected       a question that can't be asked
│   ├── DraftRejected          a draft that can't be checked
│   └── FetchError             a web address that gives nothing that can be used
│       ├── FetchRefused       it may not be fetched, or what it leads to may not be read
│       └── FetchFailed        it was tried; another time may go better
│           └── FetchGone      its server says that there is nothing (404) or no longer anything (410)
├── SettingsError              a setting has a value that can't be used
├── NotFound                   no such article, version or record
├── MissingExtra               an optional dependency is not installed
├── StoreError                 the data folder can't be used
│   ├── StoreBusy              another process is writing
│   ├── StoreEmpty             nothing has been ingested
│   ├── StoreUnreachable       its database does not answer; another time may go better
│   │   └── ChromaUnreachable  a Chroma server does not answer; words are searched meanwhile
│   │       └── ChromaRefused  it answers, and refuses what it is asked
│   └── StoreDamaged           ledger and indexes disagree, or a file can't be read
├── ModelError                 an embedding model can't be used
│   └── ModelMismatch          the archive was embedded with another model
├── ClusterError               a Ray cluster can't be used
└── LanguageModelFailed        the language model gave nothing that can be used; quotes stand in
"""

from __future__ import annotations

from functools import partial


class BylineError(Exception):
    """`str()` names what failed, the reason and the remedy, in one or two sentences without a traceback."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class InputError(BylineError):
    """The user's input can't be used."""


class ArticleRejected(InputError):
    """One article can't be ingested. `where` is its file, with the line for a file that holds many."""

    def __init__(self, where: str, reason: str, *, remedy: str) -> None:
        super().__init__(f"{where}: {reason}", remedy=remedy)
        self.where = where
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Rejections come back from other processes."""
        return partial(ArticleRejected, remedy=self.remedy), (self.where, self.reason)


class QuestionRejected(InputError):
    """The question can't be asked."""


class DraftRejected(InputError):
    """The draft can't be checked."""


class FetchError(InputError):
    """A web address gives nothing that can be used. `url` has no user name; `reason` is a sentence about it."""

    def __init__(self, url: str, reason: str, *, remedy: str) -> None:
        super().__init__(f"{url}: {reason}", remedy=remedy)
        self.url = url
        self.reason = reason


class FetchRefused(FetchError):
    """It may not be fetched, or what it leads to may not be read: trying again changes nothing."""


class FetchFailed(FetchError):
    """It was tried. `retry_after_s` is how long its server asked to be left alone; None where it said nothing."""

    def __init__(self, url: str, reason: str, *, remedy: str, retry_after_s: float | None = None) -> None:
        super().__init__(url, reason, remedy=remedy)
        self.retry_after_s = retry_after_s


class FetchGone(FetchFailed):
    """Its server says that there is nothing there. `for_good` is 410 in place of 404."""

    def __init__(self, url: str, reason: str, *, remedy: str, for_good: bool) -> None:
        super().__init__(url, reason, remedy=remedy)
        self.for_good = for_good


class SettingsError(BylineError):
    """A setting has a value that can't be used."""


class NotFound(BylineError):
    """No such article, version or record."""


class MissingExtra(BylineError):
    """An optional dependency is not installed; the remedy is the install command."""


class StoreError(BylineError):
    """The data folder can't be used."""


class StoreBusy(StoreError):
    """Another process holds the writer's lock."""


class StoreEmpty(StoreError):
    """Nothing has been ingested yet."""


class StoreUnreachable(StoreError):
    """The database does not answer, or the connection to it was lost: trying again may help."""


class ChromaUnreachable(StoreUnreachable):
    """A Chroma server does not answer. `slow` tells that it took the request and gave no reply in time."""

    def __init__(self, message: str, *, remedy: str, slow: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.slow = slow


class ChromaRefused(ChromaUnreachable):
    """A Chroma server refuses a request. `status` is HTTP's."""

    def __init__(self, message: str, *, remedy: str, status: int) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


class StoreDamaged(StoreError):
    """Ledger and indexes disagree, or a file can't be read."""


class ModelError(BylineError):
    """An embedding model can't be used."""


class ModelMismatch(ModelError):
    """The archive was embedded with another model."""


class ClusterError(BylineError):
    """A Ray cluster can't be used."""


class LanguageModelFailed(BylineError):
    """The language model gave nothing that can be used. `reason` completes "The language model was not used: ".

    `retry_after_s` is what its server asked to wait; None where it said nothing. `again` tells whether another try may
    go better.
    """

    def __init__(self, reason: str, *, retry_after_s: float | None = None, again: bool = False) -> None:
        super().__init__(f"The language model was not used: {reason}.", remedy="Quotes of the archive stand in.")
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.again = again
