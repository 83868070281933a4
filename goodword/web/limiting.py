"""So many tries a minute from one address: for pages that anybody may ask for."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from goodword.web.inside import moment_of

WINDOW_SECONDS = 60
_IPV6_NETWORK = 64  # bits: what one household or server has


def allows(request: HttpRequest, what: str, *, most: int) -> bool:
    """Count one more try of its address; False if that is one too many in this minute."""
    minute = int(moment_of(request).timestamp()) // WINDOW_SECONDS
    counted = f"tries:{what}:{_client(request)}:{minute}"
    cache.add(counted, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return cache.incr(counted) <= most
    except ValueError:  # the cache was full, and let go of it at this moment
        return True


def _client(request: HttpRequest) -> str:
    """Behind a trusted proxy this is who came to the proxy (goodword/cli/serving.py)."""
    written = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(written)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ip_network((address, _IPV6_NETWORK), strict=False))
    return written
