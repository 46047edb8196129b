"""A real mail server on a free port that answers, hangs up or keeps silent as a test says."""

import asyncio
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.conftest import free_port

HANG_UP = "hang up"
SILENCE = "silence"


class MailServer(Controller):
    """Takes every mail unless told otherwise.

    :param answers: by step (`EHLO`, `MAIL`, `RCPT`, `DATA`, `RSET`): a reply, `HANG_UP`, `SILENCE`, or a dict of them
        by receiver; what is not named is taken.
    :param login: user and password; None where nobody has to log in.
    """

    def __init__(self, answers=None, login=None, tls=None):
        self.answers = answers or {}
        self.mails = []
        self.connections = 0
        self.login = login
        more = {"tls_context": tls, "require_starttls": tls is not None} if tls else {}
        super().__init__(
            _Answering(self),
            hostname="127.0.0.1",
            port=free_port(),
            auth_required=login is not None,
            auth_require_tls=False,
            authenticator=self._knows if login else None,
            **more,
        )

    def start(self):
        super().start()
        # The controller itself was the first to connect.
        self.connections = 0

    def factory(self):
        self.connections += 1
        return SMTP(self.handler, **self.SMTP_kwargs)

    def _knows(self, server, session, envelope, mechanism, data):
        is_known = (data.login.decode(), data.password.decode()) == self.login
        return AuthResult(success=is_known, handled=False)


class _Answering:
    def __init__(self, mail_server):
        self.mail_server = mail_server

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd finds it by this name
        envelope.mail_from = address
        return await self._answer(server, "MAIL")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd finds it by this name
        answer = await self._answer(server, "RCPT", address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd finds it by this name
        mail = message_from_bytes(envelope.content, policy=default)
        self.mail_server.mails.append((list(envelope.rcpt_tos), mail))
        return await self._answer(server, "DATA")

    async def handle_RSET(self, server, session, envelope):  # noqa: N802 - aiosmtpd finds it by this name
        return await self._answer(server, "RSET")

    async def _answer(self, server, step, receiver=None):
        answer = self.mail_server.answers.get(step, "250 2.0.0 Ok")
        if isinstance(answer, dict):
            answer = answer.get(receiver, "250 2.0.0 Ok")
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == HANG_UP:
            server.transport.abort()
        return answer
