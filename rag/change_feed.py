"""Tells who follows a ledger that it may have changed.

What changed stands in the ledger's `changes`, numbered without gaps in the order of the commits, so a call that is
missed loses nothing: whoever is called reads on from where it was. Calls come with PostgreSQL's NOTIFY; where that
can't be heard (a pooler in between, a lost connection), the follower looks every POLL_S instead.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from rag.database.choose import listener
from rag.errors import StoreError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.database.postgres import Listener

log = logging.getLogger("byline.changes")

POLL_S = 2.0


class ChangeFeed:
    """One thread waits for changes; another may stop it."""

    def __init__(self, settings: Settings) -> None:
        """Where `settings` name no ledger on a server there are no calls: the follower looks every POLL_S."""
        self._listener = listener(settings) if settings.database_url is not None else None
        self._stopped = threading.Event()
        self._deaf = False

    def wait(self) -> bool:
        """Until there may be changes, POLL_S at most; False once it is stopped."""
        if self._listener is None:
            return not self._stopped.wait(POLL_S)
        self._listen(self._listener)
        if self._stopped.is_set():
            self._listener.close()
        return not self._stopped.is_set()

    def _listen(self, listener: Listener) -> None:
        try:
            listener.wait(POLL_S)
            self._deaf = False
        except StoreError as error:
            if not self._deaf:
                log.warning("changes are not heard of, looking every %g s: %s", POLL_S, error.message)
            self._deaf = True
            self._stopped.wait(POLL_S)

    def stop(self) -> None:
        """Have the thread that waits told so, within POLL_S."""
        self._stopped.set()
