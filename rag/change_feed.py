"""Tells who follows a ledger on a server that it changed.

What changed stands in the ledger's `changes`, numbered without gaps in the order of the commits, so a call that is
missed loses nothing: whoever is called reads on from where it was. Calls come with PostgreSQL's NOTIFY; where that
can't be heard (a pooler in between, a lost connection), the follower looks every POLL_S instead.
"""

from __future__ import annotations

import logging
import threading

from rag.database.choose import listener
from rag.errors import StoreError
from rag.settings import Settings

log = logging.getLogger("byline.changes")

POLL_S = 2.0


class ChangeFeed:
    """One thread waits for changes; another may stop it."""

    def __init__(self, settings: Settings) -> None:
        """`settings` name a ledger on a server."""
        self._listener = listener(settings)
        self._stopped = threading.Event()
        self._deaf = False

    def wait(self) -> bool:
        """Until there may be changes, POLL_S at most; False once it is stopped."""
        try:
            self._listener.wait(POLL_S)
            self._deaf = False
        except StoreError as error:
            if not self._deaf:
                log.warning("changes are not heard of, looking every %g s: %s", POLL_S, error.message)
            self._deaf = True
            self._stopped.wait(POLL_S)
        if self._stopped.is_set():
            self._listener.close()
        return not self._stopped.is_set()

    def stop(self) -> None:
        """Have the thread that waits told so, within POLL_S."""
        self._stopped.set()
