"""Mail: an SMTP server that delivers every mail to the inbox page."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from infra.kakao_sandbox import faults, messages
from infra.kakao_sandbox.faults import Fault
from infra.kakao_sandbox.mail import Mail, read_mail
from infra.kakao_sandbox.state import Sandbox

_MOST_BYTES = 10 * 1024 * 1024
_WORDS = {421: "4.3.2 Service not available", 450: "4.2.1 Mailbox unavailable", 451: "4.3.0 Try again later"}


@asynccontextmanager
async def mail_served(sandbox: Sandbox, host: str, port: int) -> AsyncIterator[int]:
    """Take mail on this port, 0 for any, and give the port; on the loop of the pages, for they share a database.

    :raises OSError: the port is taken.
    """
    # It warns of what it does itself at every login.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _protocol(sandbox, loop), host, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


def _protocol(sandbox: Sandbox, loop: asyncio.AbstractEventLoop) -> SMTP:
    postbox = Postbox(sandbox)
    return SMTP(
        postbox,
        loop=loop,
        # A name, so that nobody asks the DNS for one.
        hostname="sandbox",
        ident="Jikimi sandbox",
        data_size_limit=_MOST_BYTES,
        enable_SMTPUTF8=True,
        auth_require_tls=False,
        authenticator=postbox.knows,
    )


class Postbox:
    """Answers one connection, command by command."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.fault: Fault | None = None
        self.refused = 0

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, login: object) -> AuthResult:
        """Say whether a login is that of the settings."""
        settings = self.sandbox.settings
        if not isinstance(login, LoginPassword) or not settings.smtp_password:
            return AuthResult(success=False, handled=False)
        pairs = ((login.login, settings.smtp_user), (login.password, settings.smtp_password))
        is_known = all(secrets.compare_digest(given, known.encode()) for given, known in pairs)
        return AuthResult(success=is_known, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name, and so below
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a mail; with a password in the settings only after a login."""
        if self.sandbox.settings.smtp_password and not session.authenticated:
            return "530 5.7.0 Authentication required"
        self.fault, self.refused = faults.take(self.sandbox, "smtp"), 0
        if self.fault and self.fault.kind == "down":
            return _reply(421)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept one receiver, or refuse it as a fault says."""
        own = faults.take(self.sandbox, "smtp", address.lower())
        if own and own.kind == "error":
            return _reply(own.status or 550)
        if self.fault and self.fault.fails(self.refused):
            self.refused += 1
            return _reply(self.fault.status or 550)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail for each receiver, then answer as a fault says."""
        fault = self.fault or Fault("none")
        if fault.kind == "error":
            return _reply(fault.status or 451)
        if fault.kind != "cut_before":
            self._keep(envelope)
        if fault.kind in ("cut", "cut_before"):
            _break_off(server)
        await asyncio.sleep(fault.delay)
        return _reply(fault.status or 451) if fault.kind == "error_after" else "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        mail = read_mail(content)
        with self.sandbox.transaction():
            for address in envelope.rcpt_tos:
                _deliver(self.sandbox, mail, address)


def _deliver(sandbox: Sandbox, mail: Mail, address: str) -> None:
    key = address.lower()
    messages.keep(
        sandbox,
        key,
        mail.text,
        channel="email",
        title=mail.names.get(key) or address,
        subject=mail.subject or None,
        detail=" · ".join(part for part in (mail.sender, mail.message_id) if part) or None,
    )


def _break_off(server: SMTP) -> None:
    # Not asked by class: those of uvloop are none of asyncio's. There is none where the client has left already.
    if server.transport is not None:
        cast(asyncio.Transport, server.transport).abort()


def _reply(status: int) -> str:
    ending = "4.3.0 Try again later" if status < 500 else "5.1.1 Mailbox not found"
    return f"{status} {_WORDS.get(status, ending)}"
