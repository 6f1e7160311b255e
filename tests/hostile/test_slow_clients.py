"""Clients that are too slow, or claim what is not so, over real sockets to gunicorn as `make run` starts it."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moduhyu.gunicorn_worker import PatientSocket
from tests.services.process import ServiceProcess, free_port

# gunicorn with one thread, which has a second of patience: one client that is too slow would have the whole site.
GUNICORN = """
import sys
from gunicorn.app.wsgiapp import run
from moduhyu import gunicorn_worker
gunicorn_worker.PATIENCE_S = 1.0
sys.argv[0] = "gunicorn"
run()
"""
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
POST = b"POST /api/v1/entries/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
SLOW = (
    b"GET /healthz HTTP/1.1\r\nHost: loc",
    POST + b"Content-Length: 100\r\n\r\n{",
    POST + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
)
REFUSED = (
    b"GET /?" + b"q" * 5_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 10_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Null: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Folded: a\r\n b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent Length: 5\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"G\x01T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    POST + b"Content-Length: -1\r\n\r\n",
    POST + b"Content-Length: 1_0\r\n\r\n{}",
    POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
)


@pytest.fixture
def connection() -> Iterator[tuple[PatientSocket, socket.socket]]:
    """The site's end of a connection, and the client's."""
    site, client = socket.socketpair()
    patient = PatientSocket(fileno=site.detach())
    yield patient, client
    patient.close()
    client.close()


def test_a_silent_client_is_given_up(connection: tuple[PatientSocket, socket.socket]) -> None:
    site, _client = connection
    site._left_s = 0.05
    with pytest.raises(ConnectionResetError):
        site.recv(100)


def test_a_client_that_drips_is_given_up(connection: tuple[PatientSocket, socket.socket]) -> None:
    site, client = connection
    site._left_s = 0.2
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.01):
            client.send(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises(ConnectionResetError):
            read_for_ever(site)
    finally:
        ended.set()
        dripping.join()


def read_for_ever(site: socket.socket) -> None:
    while site.recv(1):
        pass


def test_who_sends_fast_enough_is_listened_to_for_ever(connection: tuple[PatientSocket, socket.socket]) -> None:
    site, client = connection
    site._left_s = 5.0
    for _ in range(50):
        client.send(bytes(8 * 1024))
        left = 8 * 1024
        while left:
            left -= len(site.recv(left))
    assert site._left_s > 5.0


def test_a_client_that_takes_nothing_is_given_up(
    connection: tuple[PatientSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moduhyu.gunicorn_worker.TAKING_S", 0.05)
    site, _client = connection
    with pytest.raises(ConnectionResetError):
        site.sendall(bytes(50_000_000))
    assert site.gettimeout() is None


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("slow")
    port = free_port()
    arguments = ("--worker-class", "moduhyu.gunicorn_worker.PatientWorker", "--threads", "1", "moduhyu.wsgi")
    environment = os.environ | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
    }
    server = ServiceProcess(
        [Path(sys.executable), "-c", GUNICORN, "--bind", f"127.0.0.1:{port}", *arguments],
        log=folder / "site.log",
        is_ready=lambda: answer_to(port, HEALTH).startswith(b"HTTP/1.1 200"),
        env=environment,
    )
    server.start()
    yield port
    server.stop()


def answer_to(port: int, request: bytes) -> bytes:
    """All that is answered; empty where the connection ends without an answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(request)
            return b"".join(iter(lambda: client.recv(65_536), b""))
    except OSError:
        return b""


def test_slow_clients_do_not_have_the_site(port: int) -> None:
    clients = []
    for request in SLOW:
        client = socket.create_connection(("127.0.0.1", port), timeout=30)
        client.sendall(request)
        clients.append(client)
    assert answer_to(port, HEALTH).startswith(b"HTTP/1.1 200")
    for client in clients:
        client.close()


@pytest.mark.parametrize("request_bytes", REFUSED, ids=range(len(REFUSED)))
def test_requests_that_are_none_are_refused(port: int, request_bytes: bytes) -> None:
    answer = answer_to(port, request_bytes)
    assert answer == b"" or answer.split()[1].startswith(b"4")
    assert answer_to(port, HEALTH).startswith(b"HTTP/1.1 200")
