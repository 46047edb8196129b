"""Something on a second thread: PostgreSQL works for it while this one computes, or asks something else."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def begin(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
    """Run the action on a thread that ends with it; what it raises is raised where its result is asked for."""
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        return executor.submit(action, *args, **kwargs)
    finally:
        executor.shutdown(wait=False)


@contextmanager
def meanwhile(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Iterator[Future[R]]:
    """Run the action while the block goes on; the block ends when both have ended.

    What the action raises is raised at the end of the block at the latest; what the block raises comes first. A
    connection serves one of the two only.
    """
    future = begin(action, *args, **kwargs)
    try:
        yield future
    finally:
        _wait_for_end(future)
    future.result()


def _wait_for_end(future: Future[R]) -> None:
    try:
        wait([future])
    except BaseException:
        # Interrupted: the thread must not go on by itself where a transaction is rolled back now.
        wait([future])
        raise
