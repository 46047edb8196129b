"""Who may report: whoever knows the secret that stands in the dealer's console."""

import secrets

from fastapi import HTTPException

from jikimi import defaults


def check_signature(given: str | None) -> None:
    """Compare a signature with ours, in a time that tells nothing.

    :raises HTTPException: 401 it is another one; 503 there is none here, so nothing is accepted.
    """
    secret = defaults.webhook_secret()
    if secret is None:
        raise HTTPException(503, "no reports are accepted: JIKIMI_WEBHOOK_SECRET is not set")
    if not secrets.compare_digest((given or "").encode(), secret.encode()):
        raise HTTPException(401, "the signature is wrong")
