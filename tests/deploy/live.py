"""The installed site while it runs: web, worker and clock by their units' command lines, nginx in front."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests.deploy.stage import Stage, bind_socket
from tests.deploy.units import read_environment
from tests.services.process import ServiceProcess

PASSWORD = "rest-stop-lamp-7"
TEXT = "드디어 합격했다! 엄마한테 제일 먼저 전화했다."
TIMEOUT_S = 180.0  # a machine may be busy with other work


class Site:
    """The processes, and ways to ask them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.url = stage.url
        self.inside = f"http://127.0.0.1:{stage.ports['8081']}"  # what nginx answers to the machine alone
        self.socket = bind_socket(stage.root / "run/moduhyu/web.sock")
        # Neither says that it is ready; both answer for themselves in the tests.
        self.web = stage.service("web", "", sockets=(self.socket.fileno(),))
        self.beat = stage.service("beat", "")
        self.worker = stage.service("worker", " ready.")
        self.nginx = stage.nginx()

    @property
    def processes(self) -> tuple[ServiceProcess, ...]:
        return self.nginx, self.web, self.beat, self.worker

    def start(self) -> None:
        """Start everything, and wait until the site is ready for visitors."""
        for process in self.processes:  # only the last is waited for
            process.start()
        self.wait_until(self._is_ready)

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.inside}/readyz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
        self.socket.close()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that takes its time; raises AssertionError with the logs when it takes too long."""
        deadline = time.monotonic() + TIMEOUT_S
        while not is_so():
            assert time.monotonic() < deadline, "\n".join(process.output()[-3000:] for process in self.processes)
            time.sleep(0.1)

    def settings(self) -> dict[str, str]:
        return read_environment(self.stage.root / "etc/moduhyu/env")

    def visitor(self, **headers: str) -> requests.Session:
        """A browser that trusts the site's certificate and nothing else."""
        session = requests.Session()
        session.trust_env = False  # no proxy of the machine's own stands between
        session.verify = str(self.stage.certificate)
        session.headers.update({"Referer": "https://localhost/", **headers})
        return session

    def sign_up(self, email: str) -> str:
        """A new account's token."""
        body = {"email": email, "password": PASSWORD}
        answer = self.visitor().post(f"{self.url}/_allauth/app/v1/auth/signup", json=body, timeout=30)
        return str(answer.json()["meta"]["session_token"])

    def web_workers(self) -> set[int]:
        """The processes that serve requests."""
        return set(self.web.children())


@dataclass
class Load:
    """What became of the requests of a few visitors."""

    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)


@contextmanager
def under_requests(site: Site, token: str, *, visitors: int = 3) -> Iterator[Load]:
    """Visitors who open the front page and save an entry, again and again, for as long as the block runs."""
    load, is_over = Load(), threading.Event()

    def visit() -> None:
        session = site.visitor(**{"X-Session-Token": token})
        while not is_over.wait(0.1):  # nginx would refuse a flood
            entry = str(uuid.uuid4())
            body = {"id": entry, "text": TEXT, "written_on": "2026-11-25"}
            try:
                load.statuses.append(session.get(f"{site.url}/help/", timeout=60).status_code)
                answer = session.post(f"{site.url}/api/v1/entries/", json=body, timeout=60)
            except requests.RequestException as error:
                load.failures.append(repr(error))
                continue
            load.statuses.append(answer.status_code)
            if answer.status_code == 201:
                load.saved.add(entry)

    threads = [threading.Thread(target=visit) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        yield load
        time.sleep(1)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
