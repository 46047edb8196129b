"""A folder's digest depends on its files and on nothing else."""

from pathlib import Path

import pytest

from ml.tracking.digests import folder_sha256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one").write_bytes(b"1")
    (tmp_path / "two").write_bytes(b"2")
    return tmp_path


def test_what_mlflow_adds_on_download_does_not_count(folder: Path) -> None:
    before = folder_sha256(folder)
    (folder / "registered_model_meta").write_bytes(b"model_name: x")
    assert folder_sha256(folder) == before


def test_a_file_of_that_name_deeper_down_counts(folder: Path) -> None:
    before = folder_sha256(folder)
    (folder / "data" / "registered_model_meta").write_bytes(b"print()")
    assert folder_sha256(folder) != before


def test_files_that_swap_their_contents_are_noticed(folder: Path) -> None:
    before = folder_sha256(folder)
    (folder / "data" / "one").write_bytes(b"2")
    (folder / "two").write_bytes(b"1")
    assert folder_sha256(folder) != before


def test_the_digest_is_64_hexadecimal_digits(folder: Path) -> None:
    assert len(bytes.fromhex(folder_sha256(folder))) == 32
