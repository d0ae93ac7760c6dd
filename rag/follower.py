"""Keeps the indexes of a serving machine level with a ledger that other processes and machines write."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from rag.archive import Archive
from rag.change_feed import ChangeFeed
from rag.errors import BylineError, StoreEmpty

log = logging.getLogger("byline.follower")

_STOP_S = 10.0


class Follower:
    """A thread that makes a new machine's indexes, then follows every change, so that no question waits for it. Whether
    Chroma servers answer again is seen by it too.
    """

    def __init__(self, archive: Archive, feed: ChangeFeed, *, replica: bool) -> None:
        """`replica`: the machine's indexes follow a ledger on a server; else the ledger's writer keeps them level."""
        self._archive = archive
        self._feed = feed
        self._replica = replica
        self._warm = not replica  # then it was before anything is served
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the step at hand; what is missing then, the next start makes."""
        self._feed.stop()
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        while True:
            try:
                self._follow()
            except StoreEmpty:
                pass
            except (BylineError, SQLAlchemyError, OSError) as error:
                log.warning("not level with the ledger: %s", type(error).__name__)
            if not self._feed.wait():
                return

    def _follow(self) -> None:
        if self._replica and not self._archive.bring_level():
            return  # a command on this machine has the right, and brings the index level itself
        if self._warm:
            self._archive.refresh()
        else:
            self._archive.warm_up()
            self._archive.level_chroma()
            self._warm = True
