"""How often guests may register: against robots and against flooding somebody else's telephone with messages.

Counted in Django's cache (CACHE_URL), so with several servers the cache must be a shared one; a cache that was emptied
only starts the hour anew.
"""

from django.core.cache import cache

HOUR = 3600
PER_ADDRESS = 60  # a library's or a school's visitors share one address
PER_NUMBER = 6


def may_register(*, address: str, mobile: str) -> bool:
    """Count one more registration from `address` for `mobile`; False once either has had its share this hour."""
    return all(
        [
            counted(f"events-address-{address}") <= PER_ADDRESS,
            counted(f"events-number-{mobile}") <= PER_NUMBER,
        ]
    )


def counted(key: str) -> int:
    """How often `key` was counted in the hour that began with its first time, this time included."""
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two
        return 1
