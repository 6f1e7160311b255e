"""What the benchmarks stand on: servers that start, clients that tell of errors, and a cage that holds."""

import os
import random
import subprocess
import sys

import pytest

from benchmarks.load import Person, live
from benchmarks.memory import MIB, caged, pss_mib
from benchmarks.served import Client, original_view
from benchmarks.stack import ask_predict


def test_view_around_the_shipped_model_labels_what_clients_send() -> None:
    with original_view("ours") as server:
        outcome = live(Person(ask_predict, server.port), seconds=0.3)
        assert outcome.seconds
        assert not outcome.errors
        assert Client(server.port).send("POST", "/predict/", {"text": "합격했다! 정말 기쁘다."}) == {"label": "joy"}
        assert pss_mib([server.pid]) > 30, "the worker below it, which holds the model, counts too"


def test_client_of_a_broken_server_counts_errors() -> None:
    def fail(client: Client, chance: random.Random, number: int) -> None:
        raise RuntimeError("500")

    outcome = live(Person(fail, port=1), seconds=0.15)
    assert outcome.errors[0] == "RuntimeError: 500"
    assert not outcome.seconds


def test_cage_kills_what_outgrows_it_and_lets_its_keeper_go() -> None:
    with caged(f"moduhyu-test-{os.getpid()}", 64) as cage:
        if cage is None:
            pytest.skip("this process may not make cgroups")
        with cage.entered():
            greedy = subprocess.Popen([sys.executable, "-c", f"bytearray({200 * MIB})"])
        assert greedy.wait(30) < 0
        assert cage.kills() == 1
        assert str(os.getpid()) not in (cage.folder / "cgroup.procs").read_text().split()
