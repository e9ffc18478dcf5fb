"""`noc-console mib`: writes the MIB anew for an OID root."""

from __future__ import annotations

import sys
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.notify.snmp_config import warning_of
from noc_console.notify.snmp_mib import modules


def run(root: str, folder: Path, as_text: bool) -> int:
    """Write both modules into a folder, one file each, and say where; return the exit code."""
    for name, text in modules(root, "text" if as_text else "number").items():
        path = folder / f"{name}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii", newline="\n")
        except OSError as error:
            raise KnownError(f"{path} cannot be written: {error.strerror}.") from None
        sys.stdout.write(f"{path}\n")
    if warning := warning_of(root):
        sys.stderr.write(f"{warning}\n")
    return 0
