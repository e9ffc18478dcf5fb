"""EXT-X-DEFINE (8216bis 4.4.2.3): variables by value, by import from the master, by query parameter; bounded."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from noc_console.media.hls.attributes import Complain

_MAX_VARIABLES = 1000


def define(
    found: Mapping[str, str],
    variables: dict[str, str],
    imported: Mapping[str, str],
    url: str,
    complain: Complain,
) -> None:
    """Add what one EXT-X-DEFINE says to `variables`; tell `complain` what cannot be done."""
    name = found.get("NAME") or found.get("IMPORT") or found.get("QUERYPARAM")
    if not name:
        complain("EXT-X-DEFINE names no variable.")
    elif name in variables:
        # 8216bis 4.4.2.3: the same variable twice is a parse error
        complain(f"Variable {name} is defined twice.")
    elif len(variables) >= _MAX_VARIABLES:
        complain(f"More than {_MAX_VARIABLES} variables are defined.")
    else:
        value = _value(name, found, imported, url)
        if value is None:
            complain(f"Variable {name} has no value.")
        else:
            variables[name] = value


def _value(name: str, found: Mapping[str, str], imported: Mapping[str, str], url: str) -> str | None:
    if "NAME" in found:
        return found.get("VALUE")
    if "IMPORT" in found:
        return imported.get(name)
    try:
        query = urlsplit(url).query
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=1000)).get(name)
    except ValueError:
        return None
