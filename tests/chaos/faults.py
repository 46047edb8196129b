"""What is broken in a trial, drawn from its seed."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import requests

from tests.chaos.machines import SENDERS, Machines

SERVICES = ("messages", "nhn", "solapi", "discord", "smtp")


@dataclass(frozen=True)
class Fault:
    """One thing that is done to the machines.

    :param loses_answers: whether a request may have left without an answer that anybody heard.
    """

    name: str
    do: Callable[[Machines, Random], None]
    loses_answers: bool


def kill_sender(machines: Machines, random: Random) -> None:
    """A sender dies."""
    machines.kill(f"sender-{random.randrange(SENDERS)}")


def stop_sender(machines: Machines, random: Random) -> None:
    """A sender sleeps for longer than the others are patient, then goes on where it was."""
    _sleep_and_wake(machines, f"sender-{random.randrange(SENDERS)}", random.uniform(2.2, 3))


def kill_senders(machines: Machines, random: Random) -> None:
    """All senders die."""
    for number in range(SENDERS):
        machines.kill(f"sender-{number}")


def kill_postgres(machines: Machines, random: Random) -> None:
    """The database dies and comes back."""
    machines.kill("postgres")
    time.sleep(random.uniform(0, 0.5))
    machines.start_postgres()


def stop_postgres(machines: Machines, random: Random) -> None:
    """The database hangs for a while."""
    _sleep_and_wake(machines, "postgres", random.uniform(0.3, 1.5))


def kill_sandbox(machines: Machines, random: Random) -> None:
    """The channels die and come back."""
    machines.kill("sandbox")
    time.sleep(random.uniform(0, 0.5))
    machines.start_sandbox()


def stop_sandbox(machines: Machines, random: Random) -> None:
    """The channels hang for longer than anybody waits for them."""
    _sleep_and_wake(machines, "sandbox", random.uniform(0.5, 2))


def kill_all(machines: Machines, random: Random) -> None:
    """Everything dies at once."""
    for name in list(machines.processes):
        machines.kill(name)
    machines.start_postgres()
    machines.start_sandbox()


def ordered(kind: str, **details: object) -> Callable[[Machines, Random], None]:
    """Return a fault that the channels make themselves, for a third of the calls."""

    def order(machines: Machines, random: Random) -> None:
        plan = {"kind": kind, "rate": 0.35, "seed": random.randrange(10**6), **details}
        for target in SERVICES:
            requests.post(
                f"{machines.sandbox_url}/admin/faults", json=plan | {"target": target}, timeout=5
            ).raise_for_status()
        time.sleep(random.uniform(0.5, 1.5))

    return order


FAULTS = (
    Fault("sender killed", kill_sender, loses_answers=True),
    Fault("sender asleep", stop_sender, loses_answers=True),
    Fault("all senders killed", kill_senders, loses_answers=True),
    Fault("database killed", kill_postgres, loses_answers=False),
    Fault("database hangs", stop_postgres, loses_answers=False),
    Fault("channels killed", kill_sandbox, loses_answers=True),
    Fault("channels hang", stop_sandbox, loses_answers=True),
    Fault("everything killed", kill_all, loses_answers=True),
    Fault("answer too late", ordered("timeout", seconds=1.5), loses_answers=True),
    Fault("connection cut afterwards", ordered("cut"), loses_answers=True),
    Fault("connection cut before", ordered("cut_before"), loses_answers=True),
    Fault("503 at the door", ordered("down"), loses_answers=False),
    Fault("slow answers", ordered("slow", seconds=0.4), loses_answers=False),
)


def _sleep_and_wake(machines: Machines, name: str, seconds: float) -> None:
    machines.signal(name, signal.SIGSTOP)
    time.sleep(seconds)
    machines.signal(name, signal.SIGCONT)
