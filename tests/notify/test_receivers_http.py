"""Receivers over HTTP against real servers: what they are sent, and what each of their answers means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notice_bench import Answer, HttpReceiver, http_receiver

from noc_console.notify.http import retry_after_s
from noc_console.notify.kinds import KINDS
from noc_console.notify.outcome import Outcome
from noc_console.notify.post import Posts

TOKEN = "123456:AAbbCC-secret_token"
SECRETS = {
    "webhook": "hmac-key-0815",
    "pagerduty": "R0UTINGKEY-secret",
    "telegram": TOKEN,
    "alertmanager": "bearer-0815",
    "servicenow": "pass word/ö",
    "jira": "api-token-0815",
}
PLACES = {
    "webhook": {"url": "{url}/hook"},
    "pagerduty": {"url": "{url}/v2/enqueue"},
    "telegram": {"url": "{url}", "chat": "-100"},
    "alertmanager": {"url": "{url}"},
    "slack": {},
    "servicenow": {"url": "{url}", "user": "noc"},
    "jira": {"url": "{url}", "project": "NOC"},
}


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as one:
        yield one


@pytest.fixture
async def posts() -> AsyncIterator[Posts]:
    one = Posts()
    yield one
    await one.close()


def secret_of(kind: str, url: str) -> str:
    return f"{url}/services/T000/B000/secret" if kind == "slack" else SECRETS[kind]


def config_of(kind: str, url: str, **more: Any) -> Any:
    places = {name: value.format(url=url) for name, value in PLACES[kind].items()}
    return KINDS[kind].config.model_validate({"kind": kind, **places, "timeout_s": 0.3, **more})


async def tell(posts: Posts, kind: str, url: str, notice: Any, **more: Any) -> Outcome:
    return await posts.deliver(notice, kind, config_of(kind, url, **more), secret_of(kind, url))


@pytest.mark.parametrize("kind", sorted(PLACES))
@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        pytest.param(Answer(200, b"{}"), "sent", "", id="taken"),
        pytest.param(Answer(429, b"{}", {"Retry-After": "7"}), "retry", "asks for 7 s", id="too many"),
        pytest.param(Answer(500), "retry", "answered 500", id="broken there"),
        pytest.param(Answer(503), "retry", "answered 503", id="not now"),
        pytest.param(Answer(400), "failed", "refused with 400", id="refused"),
        pytest.param(Answer(404), "failed", "refused with 404", id="gone"),
        pytest.param(Answer(302, b"", {"Location": "http://127.0.0.1:9/"}), "failed", "refused with 302", id="moved"),
    ],
)
async def test_an_answer_means_the_same_for_every_receiver(
    receiver: HttpReceiver, posts: Posts, make_notice: Any, kind: str, answer: Answer, state: str, words: str
) -> None:
    receiver.answers = [answer]
    outcome = await tell(posts, kind, receiver.url, make_notice())
    assert (outcome.state, words in outcome.text) == (state, True), outcome
    assert outcome.retry_after_s == (7.0 if answer.status == 429 else 0.0)


@pytest.mark.parametrize("kind", sorted(PLACES))
@pytest.mark.parametrize("answer", [Answer(cut=True), Answer(late_s=5)], ids=["cut", "late"])
async def test_a_lost_answer_is_uncertain_unless_only_a_question_was_asked(
    receiver: HttpReceiver, posts: Posts, make_notice: Any, kind: str, answer: Answer
) -> None:
    receiver.answers = [answer]
    outcome = await tell(posts, kind, receiver.url, make_notice())
    assert outcome.state == ("retry" if kind in ("servicenow", "jira") else "uncertain"), outcome
    assert len(receiver.heard) == 1


@pytest.mark.parametrize("kind", sorted(PLACES))
async def test_nobody_there_is_worth_another_try(posts: Posts, make_notice: Any, kind: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        outcome = await tell(posts, kind, f"http://127.0.0.1:{free.getsockname()[1]}", make_notice())
    assert (outcome.state, "cannot be reached" in outcome.text) == ("retry", True), outcome


@pytest.mark.parametrize("kind", sorted(PLACES))
async def test_a_certificate_nobody_vouches_for_is_not_spoken_to(
    certificate: Any, posts: Posts, make_notice: Any, kind: str
) -> None:
    with http_receiver(certificate.context) as receiver:
        outcome = await tell(posts, kind, receiver.url, make_notice())
        assert outcome.state == "retry"
        assert "certificate is not trusted" in outcome.text
        assert receiver.heard == []
        posts.forget(kind)
        trusted = await tell(posts, kind, receiver.url, make_notice(), ca_file=str(certificate.path))
        assert receiver.heard, trusted


@pytest.mark.parametrize("kind", sorted(PLACES))
async def test_no_secret_is_in_a_log_an_outcome_or_a_configuration(
    receiver: HttpReceiver, posts: Posts, make_notice: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = secret_of(kind, receiver.url)
    said = []
    for answer in (Answer(200, b"{}"), Answer(400, secret.encode()), Answer(500), Answer(cut=True)):
        receiver.answers = [answer]
        said.append((await tell(posts, kind, receiver.url, make_notice())).text)
    said += [record.getMessage() for record in caplog.records]
    said += [repr(config_of(kind, receiver.url)), repr(make_notice())]
    assert not [text for text in said if secret in text or secret.rpartition("/")[2] in text]


async def test_a_receiver_that_needs_a_secret_says_so(receiver: HttpReceiver, posts: Posts, make_notice: Any) -> None:
    config = config_of("telegram", receiver.url)
    outcome = await posts.deliver(make_notice(), "tg", config, "")
    assert outcome == Outcome("retry", "tg has no secret yet: set the token of the bot.")
    assert receiver.heard == []


async def test_a_secret_address_is_not_used_over_plain_http_elsewhere(posts: Posts, make_notice: Any) -> None:
    config = KINDS["slack"].config.model_validate({"kind": "slack"})
    outcome = await posts.deliver(make_notice(), "slack", config, "http://hooks.slack.example/services/x")
    assert outcome.state == "failed"


async def test_webhook_is_signed_numbered_and_says_everything(
    receiver: HttpReceiver, posts: Posts, make_notice: Any
) -> None:
    notice = make_notice()
    await tell(posts, "webhook", receiver.url, notice, headers={"X-Team": "noc"})
    (heard,) = receiver.heard
    stamp = heard.headers["X-Noc-Timestamp"]
    signed = hmac.new(SECRETS["webhook"].encode(), stamp.encode() + b"." + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["X-Noc-Signature"] == f"sha256={signed}"
    assert heard.headers["Idempotency-Key"] == notice.id
    assert heard.headers["X-Team"] == "noc"
    assert heard.json["alarm"]["message"] == notice.alarm["message"]
    assert heard.json["dedup_key"] == notice.dedup_key


async def test_webhook_speaks_the_operators_template(receiver: HttpReceiver, posts: Posts, make_notice: Any) -> None:
    template = '{"t": {{ subject|json }}, "c": "{{ alarm.channel_code }}"{% if test %}, "test": 1{% endif %}}'
    await tell(posts, "webhook", receiver.url, make_notice(test=True), template=template)
    assert receiver.heard[0].json == {"t": make_notice(test=True).subject, "c": "CH_1", "test": 1}


async def test_a_template_that_fails_is_one_sentence(receiver: HttpReceiver, posts: Posts, make_notice: Any) -> None:
    outcome = await tell(posts, "webhook", receiver.url, make_notice(), template="{{ alarm.nothing.more }}")
    assert outcome.state == "failed"
    assert outcome.text.startswith("The template fails: ")
    assert receiver.heard == []


async def test_slack_has_the_shape_of_a_real_one_and_calls_nobody_it_should_not(
    receiver: HttpReceiver, posts: Posts, make_notice: Any, testdata: Path
) -> None:
    real = json.loads((testdata / "prometheus/alertmanager-payloads/slack-firing-1.json").read_text())["body"]
    notice = make_notice(message="<!channel> look & see")
    await tell(posts, "slack", receiver.url, notice)
    body = receiver.heard[0].json
    ours, theirs = body["attachments"][0], real["attachments"][0]
    assert set(ours) <= set(theirs)
    assert {name: type(value) for name, value in ours.items()} == {name: type(theirs[name]) for name in ours}
    assert body["text"].startswith("<!channel> [CRITICAL]")
    assert body["text"].count("<!channel>") == 1
    assert "&lt;!channel&gt; look &amp; see" in body["text"]
    for quiet in (make_notice(test=True), make_notice("resolve"), make_notice(severity="minor")):
        await tell(posts, "slack", receiver.url, quiet)
        assert "<!channel>" not in receiver.heard[-1].json["text"]


async def test_pagerduty_has_the_shape_of_a_real_one_and_one_key_from_raise_to_resolve(
    receiver: HttpReceiver, posts: Posts, make_notice: Any, testdata: Path
) -> None:
    real = json.loads((testdata / "prometheus/alertmanager-payloads/pagerduty-v2-trigger-1.json").read_text())["body"]
    receiver.answers = [Answer(202, b'{"status":"success"}')]
    assert (await tell(posts, "pagerduty", receiver.url, make_notice())).state == "sent"
    body = receiver.heard[0].json
    assert receiver.heard[0].path == "/v2/enqueue"
    assert set(real) - {"client_url"} == set(body)
    assert set(real["payload"]) <= set(body["payload"])
    assert (body["event_action"], body["payload"]["severity"]) == ("trigger", "critical")
    assert body["routing_key"] == SECRETS["pagerduty"]
    await tell(posts, "pagerduty", receiver.url, make_notice("resolve"))
    end = receiver.heard[1].json
    assert (end["event_action"], end["dedup_key"]) == ("resolve", body["dedup_key"])
    await tell(posts, "pagerduty", receiver.url, replace(make_notice("update"), reason="acknowledged"))
    taken = receiver.heard[2].json
    assert (taken["event_action"], taken["dedup_key"]) == ("acknowledge", body["dedup_key"])


async def test_telegram_waits_as_long_as_the_answer_asks(
    receiver: HttpReceiver, posts: Posts, make_notice: Any
) -> None:
    receiver.answers = [Answer(429, b'{"ok":false,"parameters":{"retry_after":31}}')]
    outcome = await tell(posts, "telegram", receiver.url, make_notice())
    assert (outcome.state, outcome.retry_after_s) == ("retry", 31)
    assert receiver.heard[0].path == f"/bot{TOKEN}/sendMessage"
    assert receiver.heard[0].json["chat_id"] == "-100"
    long = make_notice(message="x" * 9000)
    await tell(posts, "telegram", receiver.url, long)
    assert len(receiver.heard[1].json["text"]) <= 4096


async def test_servicenow_opens_one_incident_writes_into_it_and_closes_it(
    receiver: HttpReceiver, posts: Posts, make_notice: Any
) -> None:
    known = Answer(200, b'{"result":[{"sys_id":"abc","number":"INC1"}]}')
    done = Answer(201, b'{"result":{"number":"INC1"}}')
    receiver.answers = [Answer(200, b'{"result":[]}'), done, known, done, known, done]
    for action in ("raise", "escalate", "resolve"):
        assert (await tell(posts, "servicenow", receiver.url, make_notice(action))).state == "sent"
    assert [one.method for one in receiver.heard] == ["GET", "POST", "GET", "PATCH", "GET", "PATCH"]
    opened, closed = receiver.heard[1].json, receiver.heard[5].json
    assert opened["correlation_id"] == make_notice().dedup_key
    assert opened["urgency"] == "1"
    assert receiver.heard[3].path == "/api/now/table/incident/abc"
    assert closed["state"] == "6"
    pair = base64.b64encode(f"noc:{SECRETS['servicenow']}".encode()).decode()
    assert receiver.heard[0].headers["Authorization"] == f"Basic {pair}"


async def test_servicenow_has_nothing_to_close_where_there_is_no_incident(
    receiver: HttpReceiver, posts: Posts, make_notice: Any
) -> None:
    receiver.answers = [Answer(200, b'{"result":[]}')]
    assert (await tell(posts, "servicenow", receiver.url, make_notice("resolve"))).state == "sent"
    assert len(receiver.heard) == 1


async def test_jira_opens_one_issue_comments_on_it_and_moves_it_on(
    receiver: HttpReceiver, posts: Posts, make_notice: Any
) -> None:
    known = Answer(200, b'{"issues":[{"key":"NOC-5"}]}')
    receiver.answers = [
        Answer(200, b'{"issues":[]}'),
        Answer(201, b'{"key":"NOC-5"}'),
        known,
        Answer(201, b"{}"),
        known,
    ]
    receiver.answers += [Answer(201, b"{}"), Answer(204, b"")]
    for action in ("raise", "escalate", "resolve"):
        assert (await tell(posts, "jira", receiver.url, make_notice(action), done="31")).state == "sent"
    assert [one.path.partition("?")[0] for one in receiver.heard] == [
        "/rest/api/2/search",
        "/rest/api/2/issue",
        "/rest/api/2/search",
        "/rest/api/2/issue/NOC-5/comment",
        "/rest/api/2/search",
        "/rest/api/2/issue/NOC-5/comment",
        "/rest/api/2/issue/NOC-5/transitions",
    ]
    fields = receiver.heard[1].json["fields"]
    assert fields["project"] == {"key": "NOC"}
    assert fields["labels"][1] in receiver.heard[0].path
    assert receiver.heard[6].json == {"transition": {"id": "31"}}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), ("999999", 3600.0), ("", 0.0), ("soon", 0.0), ("-5", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
)
def test_retry_after_is_a_bounded_number_of_seconds(text: str, seconds: float) -> None:
    assert retry_after_s(text) == seconds


async def test_an_answer_without_end_is_not_read_to_its_end(
    receiver: HttpReceiver, posts: Posts, make_notice: Any
) -> None:
    receiver.answers = [Answer(200, b"x" * 5_000_000)]
    assert (await tell(posts, "telegram", receiver.url, make_notice())).state == "sent"
