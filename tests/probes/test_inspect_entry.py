"""A file is inspected without the command line's machinery; everything else goes through it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from noc_console.entry import plain_file


@pytest.mark.parametrize(
    ("words", "file"),
    [
        pytest.param(["inspect", "a.ts"], "a.ts", id="a file"),
        pytest.param(["inspect", "--json", "a.ts"], "a.ts", id="as JSON"),
        pytest.param(["inspect", "a.ts", "--json"], "a.ts", id="JSON behind"),
        pytest.param(["inspect", "udp://@239.1.1.1:1234"], None, id="an address"),
        pytest.param(["inspect", "a.ts", "--for", "5"], None, id="another option"),
        pytest.param(["inspect", "--help"], None, id="help"),
        pytest.param(["inspect", "a.ts", "b.ts"], None, id="two files"),
        pytest.param(["inspect"], None, id="nothing"),
        pytest.param(["bench", "ts"], None, id="another command"),
        pytest.param([], None, id="the console"),
    ],
)
def test_only_the_plain_inspection_of_a_file_goes_the_short_way(words: list[str], file: str | None) -> None:
    assert plain_file(words) == file


def test_a_file_of_packets_is_inspected_without_what_others_need(testdata: Path) -> None:
    file = testdata / "ts" / "made" / "bbb520k_clean.ts"
    heavy = ("typer", "pydantic", "rich", "asyncio", "sqlalchemy", "numba", "lxml", "m3u8", "fastapi")
    program = f"""
import sys
sys.argv = ["noc-console", "inspect", "--json", {str(file)!r}]
from noc_console.entry import main
try:
    main()
finally:
    print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1)
    assert done.stdout.startswith("{")
    assert done.stderr.splitlines()[-1] == "[]"
