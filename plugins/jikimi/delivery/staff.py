"""The ways to staff: e-mail and Discord, each where it is set up."""

import logging
from collections.abc import Sequence
from email.headerregistry import Address
from typing import Protocol

from jikimi.exceptions import NotConfigured, Rejected
from jikimi.store.staff import DueNotice

_log = logging.getLogger(__name__)
MAIL_CONNECTION_ID = "smtp_default"
DISCORD_CONNECTION_ID = "discord_staff"


class StaffWay(Protocol):
    """A way to staff."""

    name: str

    def send(self, notice: DueNotice) -> None:
        """Send a notice once.

        :raises DeliveryError: it was not taken, or nobody knows.
        """

    def close(self) -> None:
        """Let the service go."""


class MailToStaff:
    """One mail to all of staff.

    :raises NotConfigured: nobody is named, or the connection cannot be used.
    """

    name = "email"

    def __init__(self, receivers: Sequence[str]) -> None:
        from jikimi.hooks.mail import MailHook

        self._receivers = _addresses(receivers)
        if not self._receivers:
            raise NotConfigured("JIKIMI_STAFF_EMAILS names no e-mail address.")
        self._hook = MailHook(MAIL_CONNECTION_ID)
        self._sender = self._hook.settings.sender

    def send(self, notice: DueNotice) -> None:
        """Send a notice; who is refused holds up nobody else."""
        from jikimi.hooks.mime import compose
        from ml.messages import Letter

        # The body is quoted for Discord.
        letter = Letter("", notice.subject, html=notice.html)
        mail = compose(self._sender, self._receivers, letter, f"staff-{notice.notice_id}", notice.created_at)
        for error in self._hook.send(mail):
            _log.warning("notice %s does not reach all of staff: %s", notice.notice_id, error)

    def close(self) -> None:
        """Let the mail server go."""
        self._hook.close()


class DiscordToStaff:
    """A message in the channel of staff.

    :raises NotConfigured: the connection cannot be used.
    """

    name = "discord"

    def __init__(self) -> None:
        from jikimi.hooks.discord import DiscordHook

        self._hook = DiscordHook(DISCORD_CONNECTION_ID)

    def send(self, notice: DueNotice) -> None:
        """Post a notice."""
        self._hook.post(notice.body)

    def close(self) -> None:
        """There is nothing to let go."""


def open_ways(receivers: Sequence[str]) -> list[StaffWay]:
    """Return the ways that are set up, and say in the log what the others lack.

    :param receivers: e-mail addresses of staff.
    """
    ways: list[StaffWay] = []
    for name, opened in (("e-mail", lambda: MailToStaff(receivers)), ("Discord", DiscordToStaff)):
        try:
            ways.append(opened())
        except NotConfigured as error:
            _log.info("staff get nothing over %s: %s", name, error)
    return ways


def _addresses(receivers: Sequence[str]) -> list[Address]:
    """Read addresses; one that is none costs the others nothing."""
    from jikimi.hooks.mime import address_of

    found = []
    for number, receiver in enumerate(receivers, 1):
        try:
            found.append(address_of(receiver))
        except Rejected:
            _log.error("number %s in JIKIMI_STAFF_EMAILS is no e-mail address", number)
    return found
