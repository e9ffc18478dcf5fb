"""Receivers on loopback that answer as told, and the configuration that points to them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """How to answer: status, headers, body; `cut` breaks the connection without a word, `late_s` waits first."""

    status: int = 200
    body: bytes = b"ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    late_s: float = 0.0


class HttpReceiver:
    """A real HTTP server that remembers what it heard; answers come from a list, the last one for ever."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.heard: list[Heard] = []
        self.answers: list[Answer] = [Answer()]
        self.freed = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:  # the sender died in the middle: nothing was heard
                    self.close_connection = True
                    return
                heard = Heard(self.command, self.path, dict(self.headers.items()), body)
                receiver.heard.append(heard)
                answer = receiver.decide(heard)
                if answer.late_s:
                    receiver.freed.wait(answer.late_s)
                if answer.cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                return

        for method in ("GET", "PATCH", "PUT"):
            setattr(Handler, f"do_{method}", Handler.do_POST)

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                return

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def decide(self, heard: Heard) -> Answer:
        """Return the next answer; a test may put its own choice here."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        self.freed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextmanager
def http_receiver(context: ssl.SSLContext | None = None) -> Iterator[HttpReceiver]:
    receiver = HttpReceiver(context)
    try:
        yield receiver
    finally:
        receiver.close()


def configure(db: Path, text: str) -> Path:
    """Write notify.toml beside a history."""
    path = db.with_name("notify.toml")
    path.write_text(text, encoding="utf-8")
    return path


def hook(url: str, name: str = "hook", roles: str = '["chat", "log"]', more: str = "") -> str:
    return f'[receivers.{name}]\nkind = "webhook"\nurl = "{url}/hook"\nroles = {roles}\n{more}\n'
