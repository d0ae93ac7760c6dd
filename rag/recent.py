"""What was made lately, kept for whoever asks the same: safe to use from several threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """The values of the last `most` keys that were asked for. `hits` and `misses` count."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, V] = OrderedDict()
        self._guard = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: Hashable, make: Callable[[], V], keep: Callable[[], bool] = lambda: True) -> V:
        """The value of a key, made if it is not kept; whether it then is, `keep` is asked. Two that ask at once for
        what is not kept make it twice.
        """
        with self._guard:
            if key in self._kept:
                self.hits += 1
                self._kept.move_to_end(key)
                return self._kept[key]
            self.misses += 1
        value = make()
        if not keep():
            return value
        with self._guard:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value
