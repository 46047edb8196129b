"""What starts something large once stays on one worker; all else is shared by file, what takes longest first."""

from pathlib import Path

import pytest

from tests.workers import FIRST, TOGETHER, share_of, turn_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("test_id", "share"),
    [
        pytest.param("tests/acceptance/test_stack.py::test_up", "tests/acceptance/", id="the stack"),
        pytest.param("tests/acceptance/test_workers.py::test_up[a]", "tests/acceptance/", id="the stack's next file"),
        pytest.param("tests/integration/ml/test_tracking.py::test_a", "tests/integration/ml/", id="MLflow"),
        pytest.param("tests/unit/test_a.py::test_b[tests/acceptance/::x@y]", "tests/unit/test_a.py", id="its name"),
        pytest.param("tests/unit/test_a.py::TestB::test_c", "tests/unit/test_a.py", id="a class"),
    ],
)
def test_a_share_is_a_file_or_a_folder_with_something_large(test_id: str, share: str) -> None:
    assert share_of(test_id) == share


@pytest.mark.parametrize("folder", TOGETHER)
def test_a_folder_that_stays_together_is_there(folder: str) -> None:
    assert list((ROOT / folder).glob("test_*.py"))


def test_what_takes_longest_has_its_turn_before_all_else() -> None:
    shares = ["tests/unit/cli/test_a.py", "tests/unit/ml/test_a.py", "tests/integration/ml/", "tests/unit/test_b.py"]
    assert sorted(shares, key=turn_of) == [shares[2], shares[1], shares[0], shares[3]]


@pytest.mark.parametrize("begin", FIRST)
def test_what_takes_longest_is_there(begin: str) -> None:
    assert (ROOT / begin).exists()
