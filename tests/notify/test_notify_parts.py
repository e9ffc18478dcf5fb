"""Secrets, templates, ticket files and the TOML we write: each with what hostile or careless hands do to them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.errors import KnownError
from noc_console.notify import templates, ticket_file, toml_text
from noc_console.notify.config import parse
from noc_console.notify.secrets import FileVault, Secrets

# -- secrets


async def test_a_secret_is_kept_changed_and_removed_in_a_file_of_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    vault = FileVault(path)
    vault.write("a", "one")
    vault.write("b", "two")
    assert path.stat().st_mode & 0o777 == 0o600
    vault.write("a", "three")
    vault.write("b", "")
    assert (FileVault(path).read("a"), FileVault(path).read("b")) == ("three", "")
    assert [one.name for one in tmp_path.iterdir()] == ["secrets"]


def test_a_file_left_open_to_others_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text('{"a": "one"}')
    path.chmod(0o644)
    assert FileVault(path).read("a") == "one"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_broken_file_is_one_sentence_without_its_content(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text('{"a": "hidden')
    with pytest.raises(KnownError) as told:
        FileVault(path).read("a")
    assert "hidden" not in str(told.value)


async def test_the_text_of_what_holds_secrets_shows_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_CONSOLE_KEYRING", "no")
    secrets = Secrets(tmp_path / "secrets")
    await secrets.write("a", "hidden")
    assert await secrets.read("a") == "hidden"
    assert "hidden" not in repr(secrets)
    with pytest.raises(KnownError, match="at most 8192"):
        await secrets.write("a", "x" * 9000)


# -- templates

VALUES = {"subject": "s", "alarm": {"channel_code": "CH_1", "rungs": ["a", "b"]}, "test": False}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{{ subject|upper }}", "S"),
        ("{% for one in alarm.rungs %}{{ one }};{% endfor %}", "a;b;"),
        ("{{ alarm.missing|default('-') }}", "-"),
        ("{{ alarm.rungs|join(', ')|upper }}", "A, B"),
        ('{{ "a\\"b"|json }}', '"a\\"b"'),
    ],
)
def test_a_template_is_filled(text: str, made: str) -> None:
    assert templates.render(text, VALUES) == made


@pytest.mark.parametrize(
    "text",
    [
        "{{ subject.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{% for a in alarm.rungs %}{% for b in alarm.rungs %}{% endfor %}{% endfor %}",
        "{% for a in alarm.rungs %}{% if a %}{% for b in a %}{% endfor %}{% endif %}{% endfor %}",
        "{% for a in range(9) %}{% endfor %}",
        "{% include 'x' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ cycler }}",
        "{{ subject.nothing }}",
        "{% if %}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ 'x'.ljust(999999999) }}",
        "{{ 'a'.join(['x'] * 99) }}",
        "{{ 'ab'|join('x')|upper|join('x') }}",
        "{{ 'a'|replace('a', 'b') }}",
        "{% set x = subject ~ subject %}{{ x }}",
        "{{ subject + subject }}",
        "{% filter upper %}x{% endfilter %}",
        "(" * 3000 + "{{ " + "(" * 3000,
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "x" * 20_000,
    ],
)
def test_what_a_template_must_not_do_is_one_sentence(text: str) -> None:
    with pytest.raises(KnownError) as told:
        templates.render(text, VALUES)
    assert "\n" not in str(told.value)


# -- ticket files


async def tell(notice: Any, folder: Path) -> str:
    config = ticket_file.TicketFileConfig(kind="ticket-file", folder=str(folder))
    return (await ticket_file.deliver(notice, config, "", None)).state  # type: ignore[arg-type]


async def test_a_ticket_is_opened_written_into_once_and_closed(tmp_path: Path, make_notice: Any) -> None:
    raised, ended = make_notice(), make_notice("resolve", condition="cleared")
    assert await tell(raised, tmp_path) == "sent"
    assert await tell(raised, tmp_path) == "sent"
    (path,) = tmp_path.iterdir()
    ticket = json.loads(path.read_text())
    assert (ticket["status"], len(ticket["history"])) == ("open", 1)
    from dataclasses import replace

    assert await tell(replace(ended, id="7-2"), tmp_path) == "sent"
    ticket = json.loads(path.read_text())
    assert (ticket["status"], [one["action"] for one in ticket["history"]]) == ("closed", ["raise", "resolve"])


async def test_a_folder_that_is_not_there_is_worth_another_try(tmp_path: Path, make_notice: Any) -> None:
    assert await tell(make_notice(), tmp_path / "missing") == "retry"


async def test_no_name_of_a_channel_leads_out_of_the_folder(tmp_path: Path, make_notice: Any) -> None:
    folder = tmp_path / "tickets"
    folder.mkdir()
    await tell(make_notice(channel_code="../../etc/x"), folder)
    assert [one.parent for one in tmp_path.rglob("*.json")] == [folder]


# -- the file we write

PLAIN = st.one_of(st.booleans(), st.integers(-(2**60), 2**60), st.text(st.characters(exclude_categories=["Cs"])))
ROW = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])), st.one_of(PLAIN, st.lists(PLAIN)), max_size=4
)


@given(
    st.fixed_dictionaries(
        {
            "zone": st.text(st.characters(exclude_categories=["Cs"])),
            "a": st.dictionaries(st.text("ab c.é\"'"), ROW),
            "b": st.lists(ROW, min_size=1),
        }
    )
)
def test_what_we_write_reads_back_the_same(values: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text.dumps(values)) == {"a": {}, **values} if values["a"] else True


def test_a_configuration_survives_being_written() -> None:
    row = {
        "kind": "webhook",
        "url": "http://127.0.0.1/",
        "template": 'a "b"\n\\ {{ subject }}',
        "headers": {"X-A": "b c"},
    }
    values = {"zone": "Asia/Ho_Chi_Minh", "receivers": {"one.two": row}, "routes": []}
    assert parse(toml_text.dumps(values)).receivers["one.two"].model_dump(exclude_unset=True) == row
