"""The whole stack, started as `make up` starts it, in a folder and on ports of its own."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.running import RunningStack, environment_for

# Small enough for two cores, large enough that a panel finds the fraud in it.
_SMALL = {"JIKIMI_DEMO_CUSTOMERS": "800", "JIKIMI_DEMO_MERCHANTS": "200", "JIKIMI_DEMO_HISTORY_DAYS": "60"}


@pytest.fixture(scope="session")
def cold_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack that has its folder and its ports, but does not run yet."""
    home = tmp_path_factory.mktemp("stack") / "home"
    home.mkdir(mode=0o700)
    stack = RunningStack(home, environment_for(home, **_SMALL))
    yield stack
    stack.make("down")


@pytest.fixture(scope="session")
def terminal(
    cold_stack: RunningStack, wait_until: Callable[..., None]
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """`make up` without simulated data on a terminal that stays: its process and the file of its output."""
    with cold_stack.attached("up", DEMO="0") as (process, output):
        ends = [lambda: "Ctrl-C" in output.read_text(), lambda: process.poll() is not None]
        wait_until(lambda: any(end() for end in ends), "the table stands on the terminal", cold_stack.patience_seconds)
        assert process.poll() is None, output.read_text()
        yield process, output


@pytest.fixture(scope="session")
def bare_stack(cold_stack: RunningStack, terminal: Any) -> RunningStack:
    """A running stack without simulated data."""
    return cold_stack


@pytest.fixture(scope="session")
def stack(cold_stack: RunningStack) -> RunningStack:
    """The stack as `make up DETACH=1` leaves it: history loaded, a panel trained by Airflow, live rows scored."""
    done = cold_stack.make("up")
    assert done.returncode == 0, done.stdout
    return cold_stack


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Wait for something to become true, and say what did not."""

    def wait(is_true: Callable[[], Any], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, f"after {seconds:.0f} s still not true: {what}"
            time.sleep(0.5)

    return wait
