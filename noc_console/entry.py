"""What is started: `inspect [--json] FILE` directly, every other command line by `cli`.

The command line's own machinery takes longer to load than 100 MB of packets take to be judged.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main() -> None:
    """Run the command line; exit codes are those of `cli`."""
    file = plain_file(sys.argv[1:])
    if file is None:
        from noc_console import cli

        cli.main()
        return
    from noc_console.probes.inspect_cli import run

    try:
        raise SystemExit(run(file, seconds=0.0, as_json="--json" in sys.argv[1:], headers=(), ca_file=""))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def plain_file(words: Sequence[str]) -> str | None:
    """Return the file of a command line that does nothing but inspect one, None for any other."""
    if not words or words[0] != "inspect":
        return None
    rest = [word for word in words[1:] if word != "--json"]
    if len(rest) != 1 or rest[0].startswith("-") or not rest[0].strip() or "://" in rest[0][:16]:
        return None
    return rest[0]
