"""Addresses and routes as people write them, made as channels need them; what is none becomes null."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CHANNELS = ("alimtalk", "kakao_friends", "kakao_memo", "email", "discord")
_SEPARATORS = re.compile(r"[\s>]+")
# Mobile numbers as they are dialled in Korea: 010 with eight digits, the older prefixes with seven or eight.
_MOBILE = "010[0-9]{8}|01[16789][0-9]{7,8}"


def phones(text: pd.Series) -> pd.Series:
    """Return Korean mobile numbers as digits, whether they were written with +82, spaces or hyphens."""
    digits = text.str.replace(r"[\s().\-]", "", regex=True)
    dialled = digits.str.replace(r"^(\+|00)?820?1", "01", regex=True)
    return _only(dialled, _MOBILE)


def emails(text: pd.Series) -> pd.Series:
    """Return e-mail addresses in the form in which they are compared; nobody asks whether their domain exists."""
    return text.str.strip().map(_email, na_action="ignore").astype(text.dtype)


def uuids(text: pd.Series) -> pd.Series:
    """Return uuids of KakaoTalk friends."""
    return _only(text.str.strip(), r"[!-~]{1,128}")


def threads(text: pd.Series) -> pd.Series:
    """Return numbers of Discord threads."""
    return _only(text.str.strip(), r"[0-9]{1,20}")


def address_of(channel: str, text: str) -> str | None:
    """Return one address as its channel needs it, None where it is none."""
    import pandas as pd

    normal = {"alimtalk": phones, "email": emails, "kakao_friends": uuids, "discord": threads}
    if channel not in normal:
        return None
    address = normal[channel](pd.Series([text], dtype="str")).iloc[0]
    return address if isinstance(address, str) else None


def route_of(text: str) -> list[str]:
    """Return the names of a route in their order: `alimtalk > email` or `alimtalk email`."""
    return [name for name in _SEPARATORS.split(text.strip().lower()) if name]


def problem_of_route(text: str) -> str | None:
    """Return why this is no route, None where it is one."""
    names = route_of(text)
    if not names:
        return "channels names no channel"
    for name in names:
        if name not in CHANNELS:
            return f"channels names {name[:40]}, which is not one of {', '.join(CHANNELS)}"
        if names.count(name) > 1:
            return f"channels names {name} twice"
    return None


def _only(text: pd.Series, pattern: str) -> pd.Series:
    fits = text.str.fullmatch(pattern).fillna(False).astype("bool")
    return text.where(fits, None)


def _email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
