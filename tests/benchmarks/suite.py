"""How long the tests take, from a fresh clone with a warm package cache."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.stack import fresh_clone


def measure() -> Iterator[dict[str, Any]]:
    """Time `make check` and `make test`."""
    with fresh_clone() as clone:
        check = clone.make("check")
        test = clone.make("test")
        yield {
            "measurement": "suite",
            "figure": "make_test_s",
            "value": round(test, 1),
            "aim": 720,
            "baseline_make_check_with_packages_s": round(check, 1),
        }
