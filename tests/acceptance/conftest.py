"""The whole stack, started as `make up` starts it, in a folder and on ports of its own."""

import time
from collections.abc import Callable, Iterator
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
def bare_stack(cold_stack: RunningStack) -> RunningStack:
    """A running stack without simulated data."""
    done = cold_stack.make("up", DEMO="0")
    assert done.returncode == 0, done.stdout
    return cold_stack


@pytest.fixture(scope="session")
def stack(bare_stack: RunningStack) -> RunningStack:
    """The stack as `make up DETACH=1` leaves it: history loaded, a panel trained by Airflow, live rows scored."""
    done = bare_stack.make("up")
    assert done.returncode == 0, done.stdout
    return bare_stack


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Wait for something to become true, and say what did not."""

    def wait(is_true: Callable[[], Any], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, f"after {seconds:.0f} s still not true: {what}"
            time.sleep(0.5)

    return wait
