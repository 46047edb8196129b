"""A member is opened from the registry once, and from this machine's disk ever after."""

import pytest

from ml.model_cache import open_cached
from ml.models import MEMBERS


def make():
    return MEMBERS["logistic_regression"](1)


def away():
    raise ConnectionError("the registry is away")


def test_what_was_opened_once_needs_no_registry(tmp_path):
    first = open_cached("jikimi_x", 1, tmp_path / "models", make)
    again = open_cached("jikimi_x", 1, tmp_path / "models", away)
    assert str(again.get_params()) == str(first.get_params())


def test_another_version_is_another_model(tmp_path):
    open_cached("jikimi_x", 1, tmp_path, make)
    with pytest.raises(ConnectionError):
        open_cached("jikimi_x", 2, tmp_path, away)


def test_a_member_that_could_not_be_opened_leaves_nothing_behind(tmp_path):
    with pytest.raises(ConnectionError):
        open_cached("jikimi_x", 1, tmp_path, away)
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_closed_to_others(tmp_path):
    open_cached("jikimi_x", 1, tmp_path / "models", make)
    assert (tmp_path / "models").stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in (tmp_path / "models").iterdir()] == [0o600]
