"""Counting what is limited: in Redis for all processes together, and in the memory of this one; what is limited is said elsewhere."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from math import ceil
from threading import Lock
from time import monotonic, time
from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.storage import MovingWindowSupport, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from tripkit.web.limits import Limit

if TYPE_CHECKING:
    from tripkit.storage.redis_server import Reached

MOST = 10_000
"""Addresses, or whatever is counted by, that are remembered for each limit; a few hundred bytes each."""
_SPARED = 16
"""How many that are at their limit are passed over in search of one to forget."""


class Windows(Storage, MovingWindowSupport):
    """Moving windows in memory. Its clock runs evenly, whatever is done to the one on the wall.

    The library's own keeps everybody who ever asks within a window, and looks through all of them after each request.
    Here the one who has asked least lately is forgotten when there are too many, and who is at the limit last of all.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._hits: OrderedDict[str, list[float]] = OrderedDict()  # Monotonic seconds, the newest first.
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._hits)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether there was room for one more; it is counted then."""
        with self._lock:
            hits = self._within(key, expiry)
            has_room = len(hits) + amount <= limit
            if has_room:
                hits[:0] = [monotonic()] * amount
            self._hits[key] = hits
            self._hits.move_to_end(key)
            while len(self._hits) > MOST:
                self._forget_one(limit, expiry)
        return has_room

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest that counts was, on the clock on the wall, and how many count."""
        with self._lock:
            hits = self._within(key, expiry)
        return (time() - (monotonic() - hits[-1]) if hits else time()), len(hits)

    def _within(self, key: str, expiry: int) -> list[float]:
        since = monotonic() - expiry
        return [at for at in self._hits.get(key, ()) if at > since]

    def _forget_one(self, limit: int, expiry: int) -> None:
        for _ in range(_SPARED):
            oldest = next(iter(self._hits))
            if len(self._within(oldest, expiry)) < limit:
                break
            self._hits.move_to_end(oldest)
        self._hits.popitem(last=False)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong in a storage; nothing does here."""
        return ValueError

    def check(self) -> bool:
        """It is always there."""
        return True

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._hits.pop(key, None)

    def reset(self) -> int | None:
        """Forget all; how many there were."""
        with self._lock:
            count = len(self._hits)
            self._hits.clear()
        return count

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Of fixed windows, which there are none of here."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Of fixed windows, which there are none of here."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Of fixed windows, which there are none of here."""
        raise NotImplementedError


class Counters:
    """What an application counts. ``secret``: who reads memory or its copies sees no address, only digests made with it.

    Counted in the memory of this process, and, with a Redis, there for all of them as well. Too many in either is too
    many: what this process has seen still holds when Redis is away, or has forgotten everything.
    """

    def __init__(self, secret: str, redis: Reached | None = None) -> None:
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._here: dict[str, MovingWindowRateLimiter] = {}
        self._redis = redis
        if redis is not None:
            pool = redis.client.connection_pool
            self._shared = MovingWindowRateLimiter(RedisStorage("redis://", pool, key_prefix=f"{redis.name}:limits"))

    def count(self, limit: Limit, who: str) -> int | None:
        """Count one more; the seconds to wait when there were too many, else None."""
        item, key, here = self._of(limit, who)
        if not here.test(item, key):
            return seconds_left(here, item, key)
        left = self._everywhere(item, key, count=True)
        return left or (None if here.hit(item, key) else seconds_left(here, item, key))

    def wait(self, limit: Limit, who: str) -> int | None:
        """The seconds to wait when there were too many, else None; nothing is counted."""
        item, key, here = self._of(limit, who)
        return self._everywhere(item, key, count=False) if here.test(item, key) else seconds_left(here, item, key)

    def _of(self, limit: Limit, who: str) -> tuple[RateLimitItemPerSecond, str, MovingWindowRateLimiter]:
        digest = hashlib.blake2b(who.encode(errors="replace"), key=self._secret, digest_size=16).hexdigest()
        here = self._here.setdefault(limit.name, MovingWindowRateLimiter(Windows()))
        return RateLimitItemPerSecond(limit.most, limit.seconds, limit.name), digest, here

    def _everywhere(self, item: RateLimitItemPerSecond, key: str, *, count: bool) -> int | None:
        """The seconds to wait by what all processes have seen; None also when they cannot be asked."""
        if self._redis is None:
            return None
        ask = self._shared.hit if count else self._shared.test
        return self._redis.ask(lambda _: None if ask(item, key) else seconds_left(self._shared, item, key))


def seconds_left(strategy: RateLimiter, item: RateLimitItemPerSecond, key: str) -> int:
    """Seconds until there is room again: at least one, and no more than the whole window, whatever clocks differ by."""
    return min(item.get_expiry(), max(1, ceil(strategy.get_window_stats(item, key).reset_time - time())))
