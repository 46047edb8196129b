"""Texts in files, filled as Alimtalk's dealers fill them: every `#{name}` at once, by its value."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("ko", "en")
ALERTS: Final = ("alert", "alert_more")
CALL_BUTTON: Final = "고객센터 연결"
"""The only button of an Alimtalk, of the type TN: it calls the bank. Kakao allows three names for it; this is one."""

_FOLDER: Final = Path(__file__).parent.parent / "templates"
_VARIABLE: Final = re.compile(r"#\{(\w+)\}")


@cache
def template(folder: str, name: str) -> str:
    """Return a template's text, without a last line end.

    :param folder: `alimtalk`, which is what the bank registers with its dealer, `kakao` or `sms`.
    :param name: with its language, such as `alert.ko`.
    """
    return (_FOLDER / folder / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


@cache
def words(file: str, language: str) -> Mapping[str, Any]:
    """Return the short texts of one language.

    :raises ValueError: there are none in this language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there is no message in the language {language!r}, only in {', '.join(LANGUAGES)}")
    found: Mapping[str, Any] = _texts(file)[language]
    return found


def units() -> Mapping[str, str]:
    """Return how Korean names the units of foreign currencies, by ISO 4217 code."""
    found: Mapping[str, str] = _texts("words")["units"]
    return found


@cache
def variables_of(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a template or in one of its lines, each once, in their order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in; what looks like a variable inside a value is left alone."""
    return _VARIABLE.sub(lambda found: values[found[1]], text)


@cache
def _texts(file: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
