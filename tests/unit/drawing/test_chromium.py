"""Without Chromium, or with one that takes no picture, it is said what is wrong."""

import os

import pytest

from tests.drawing.chromium import DrawingFailed, find_chromium, take_picture


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Give a function that puts a command `chromium` on the PATH."""

    def put(script: str) -> str:
        path = tmp_path / "chromium"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
        return str(path)

    return put


def test_missing_chromium_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DrawingFailed, match="apt install chromium"):
        find_chromium()


def test_chromium_is_found_on_the_path(command):
    path = command("")

    assert find_chromium() == path


def test_no_picture_is_an_error_that_quotes_chromium(command, tmp_path):
    with pytest.raises(DrawingFailed, match="no display"):
        take_picture(command("echo no display >&2; exit 1"), "http://127.0.0.1:9/", 10, 10, tmp_path / "p.png")


def test_chromium_that_took_no_picture_is_asked_again(command, tmp_path):
    picture, before = tmp_path / "p.png", tmp_path / "before"
    take_picture(
        command(f"test -e {before} && touch {picture}; touch {before}"), "http://127.0.0.1:9/", 10, 10, picture
    )

    assert picture.is_file()


def test_an_old_picture_is_no_new_one(command, tmp_path):
    (tmp_path / "p.png").touch()

    with pytest.raises(DrawingFailed):
        take_picture(command("exit 0"), "http://127.0.0.1:9/", 10, 10, tmp_path / "p.png")
