"""Something on a second thread."""

from threading import Event

import pytest

from jikimi.store.meanwhile import meanwhile


def test_both_run_at_the_same_time() -> None:
    ours, theirs = Event(), Event()

    def action(word: str) -> str:
        theirs.set()
        assert ours.wait(30)
        return word

    with meanwhile(action, "done") as result:
        assert theirs.wait(30)
        ours.set()
    assert result.result() == "done"


def fail() -> None:
    raise ZeroDivisionError


def test_what_the_action_raises_is_raised_at_the_end_of_the_block() -> None:
    reached = []
    with pytest.raises(ZeroDivisionError), meanwhile(fail):
        reached.append("the end of the block")
    assert reached


def test_what_the_block_raises_comes_first_and_waits_for_the_action() -> None:
    go, ended = Event(), []

    def action() -> None:
        go.wait(30)
        ended.append("the action")
        fail()

    def block() -> None:
        with meanwhile(action):
            go.set()
            raise KeyError

    with pytest.raises(KeyError):
        block()
    assert ended
