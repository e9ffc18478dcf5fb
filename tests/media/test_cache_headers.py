"""What caches of the field say, as their makers document it."""

from __future__ import annotations

import pytest

from noc_console.media.cache_headers import age_s, cache_status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"x-cache": "HIT"}, "hit", id="varnish"),
        pytest.param({"x-cache": "TCP_MISS from a23-1.deploy.akamaitechnologies.com"}, "miss", id="akamai"),
        pytest.param({"x-cache": "Hit from cloudfront"}, "hit", id="cloudfront hit"),
        pytest.param({"x-cache": "RefreshHit from cloudfront"}, "hit", id="cloudfront revalidated"),
        pytest.param({"x-cache": "MISS, HIT"}, "hit", id="shield missed, edge hit"),
        pytest.param({"x-cache": "HIT, MISS"}, "miss", id="shield hit, edge missed"),
        pytest.param({"cf-cache-status": "DYNAMIC"}, "miss", id="cloudflare, not cached"),
        pytest.param({"cf-cache-status": "EXPIRED"}, "expired", id="cloudflare, expired"),
        pytest.param({"x-cache-status": "STALE"}, "expired", id="nginx, served stale"),
        pytest.param({"x-cache-status": "BYPASS"}, "miss", id="nginx, bypassed"),
        pytest.param({"cache-status": "ExampleCache; hit; ttl=30"}, "hit", id="RFC 9211 hit"),
        pytest.param({"cache-status": "Origin; hit, Edge; fwd=miss; stored"}, "miss", id="RFC 9211, nearest is last"),
        pytest.param({"cache-status": "Edge; fwd=stale"}, "expired", id="RFC 9211 stale"),
        pytest.param({"x-cache": "whatever"}, "", id="words we do not know"),
    ],
)
def test_the_nearest_cache_says_hit_miss_or_expired(headers: dict[str, str], status: str) -> None:
    assert cache_status(headers) == status


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("17", 17), (" 17 ", 17), ("", 0), ("-5", 0), ("1.5", 0), ("٣", 0), ("9" * 400, 0)],
)
def test_the_age_is_whole_seconds_or_nothing(text: str, seconds: float) -> None:
    assert age_s({"age": text}) == seconds
