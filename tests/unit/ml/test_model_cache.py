"""A member is opened from the registry once, from this machine's disk ever after, never from a file that changed."""

import os
from dataclasses import replace

import pytest

from ml import model_cache
from ml.model_cache import KEPT_VERSIONS, RegisteredVersion, open_cached
from ml.models import MEMBERS

FIRST = RegisteredVersion("run", "jikimi_x", 1, "a" * 64)


def make(seed=1):
    return MEMBERS["logistic_regression"](seed)


def away():
    raise ConnectionError("the registry is away")


def only_file(folder):
    (file,) = folder.glob("*.pickle")
    return file


def test_what_was_opened_once_needs_no_registry(tmp_path):
    first = open_cached(FIRST, tmp_path / "models", make)
    again = open_cached(FIRST, tmp_path / "models", away)
    assert str(again.get_params()) == str(first.get_params())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(FIRST, version=2), id="version"),
        pytest.param(replace(FIRST, run_id="another"), id="training"),
        pytest.param(replace(FIRST, model_name="jikimi_y"), id="model"),
        pytest.param(replace(FIRST, sha256="b" * 64), id="files in the registry"),
    ],
)
def test_another_version_is_another_model(tmp_path, other):
    open_cached(FIRST, tmp_path, make)
    with pytest.raises(ConnectionError):
        open_cached(other, tmp_path, away)


def test_what_another_release_wrote_is_not_opened(tmp_path, monkeypatch):
    open_cached(FIRST, tmp_path, make)
    monkeypatch.setattr(model_cache, "_WRITER", ("another release",))
    with pytest.raises(ConnectionError):
        open_cached(FIRST, tmp_path, away)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:-1]), id="truncated"),
        pytest.param(lambda file: file.write_bytes(b""), id="empty"),
        pytest.param(lambda file: file.write_bytes(b"c" + file.read_bytes()[1:]), id="one byte changed"),
        pytest.param(lambda file: file.chmod(0o620), id="writable for others"),
        pytest.param(lambda file: file.symlink_to(file.rename(file.with_suffix(".away"))), id="a link"),
        pytest.param(lambda file: (file.unlink(), file.mkdir(), file.rmdir()), id="gone"),
    ],
)
def test_a_spoilt_file_is_fetched_again_and_never_opened(tmp_path, monkeypatch, spoil):
    open_cached(FIRST, tmp_path, make)
    spoil(only_file(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(model_cache.pickle, "loads", lambda _: pytest.fail("opened"))
        assert str(open_cached(FIRST, tmp_path, lambda: make(2))) == str(make(2))
    assert str(open_cached(FIRST, tmp_path, away)) == str(make(2))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_opened(tmp_path):
    open_cached(FIRST, tmp_path, make)
    os.chown(only_file(tmp_path), 12345, 12345)
    with pytest.raises(ConnectionError):
        open_cached(FIRST, tmp_path, away)


def test_a_member_that_could_not_be_opened_leaves_nothing_behind(tmp_path):
    with pytest.raises(ConnectionError):
        open_cached(FIRST, tmp_path, away)
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_closed_to_others(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir(mode=0o755)
    open_cached(FIRST, folder, make)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]


def test_versions_not_used_for_long_are_removed_and_the_used_ones_stay(tmp_path):
    versions = [replace(FIRST, version=number) for number in range(KEPT_VERSIONS + 2)]
    other = open_cached(replace(FIRST, model_name="jikimi_x2"), tmp_path, make)
    for age, version in enumerate(versions):
        open_cached(version, tmp_path, make)
        os.utime(next(tmp_path.glob(f"jikimi_x@{version.version}-*")), (age, age))
        open_cached(versions[0], tmp_path, away)  # the champion of all that time
    assert {file.name.split("-")[0] for file in tmp_path.iterdir()} == {
        "jikimi_x2@1",
        "jikimi_x@0",
        *(f"jikimi_x@{version.version}" for version in versions[1 - KEPT_VERSIONS :]),
    }
    assert other is not None


def test_what_a_crash_left_half_written_is_removed_later(tmp_path):
    for name, age in (("old.draft", 0), ("new.draft", None)):
        (tmp_path / name).touch()
        if age is not None:
            os.utime(tmp_path / name, (age, age))
    open_cached(FIRST, tmp_path, make)
    assert [file.name for file in tmp_path.glob("*.draft")] == ["new.draft"]
