"""Every error of Jikimi; the docstring is the message where none is given.

JikimiError
├── NotConfigured
├── StoreUnavailable
├── StoreOutdated
├── StoredMeanwhile
├── ServiceUnavailable
├── BadFile
├── NoPanel
├── NoConsent
├── Undeliverable
└── DeliveryError
    ├── Rejected
    ├── Unavailable
    │   ├── Misconfigured
    │   └── QuotaUsedUp
    └── Unknown
"""


class JikimiError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        return super().__str__() or (self.__doc__ or "").strip()


class NotConfigured(JikimiError):
    """A setting is missing."""


class StoreUnavailable(JikimiError):
    """The fraud database does not answer."""


class StoreOutdated(JikimiError):
    """The fraud database lacks a column: `make up` migrates it."""


class ServiceUnavailable(JikimiError):
    """A service of the stack does not answer."""


class StoredMeanwhile(JikimiError):
    """Another batch stored one of these transactions meanwhile: validate again."""


class BadFile(JikimiError):
    """The file cannot be read."""


class NoPanel(JikimiError):
    """There is no champion panel yet: train one with the DAG train_panel."""


class NoConsent(JikimiError):
    """The account that sends did not consent: nothing was changed."""


class Undeliverable(JikimiError):
    """There is no way to this customer, or no message for them; nothing was tried."""


class DeliveryError(JikimiError):
    """A message was not taken.

    :param code: what the channel answered, as text, empty where it did not answer.
    :param detail: one sentence without personal data.
    """

    def __init__(self, detail: str, code: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code


class Rejected(DeliveryError):
    """The channel refuses this message for good: another channel may take it."""


class Unavailable(DeliveryError):
    """The channel did not take the message now; trying later is safe.

    :param retry_after: seconds that the channel asks to wait, None where it does not say.
    :param tries: how many tries on this channel make sense, None for as many as any.
    """

    def __init__(
        self, detail: str, code: str = "", *, retry_after: float | None = None, tries: int | None = None
    ) -> None:
        super().__init__(detail, code)
        self.retry_after = retry_after
        self.tries = tries


class Misconfigured(Unavailable):
    """The channel takes nothing until a person puts its account or connection right; staff are told."""


class QuotaUsedUp(Unavailable):
    """A daily count is used up: another channel, or wait for midnight in Korea.

    :param subject: `app`, `sender`, `receiver` or `pair`.
    """

    def __init__(self, detail: str, code: str = "", *, subject: str) -> None:
        super().__init__(detail, code)
        self.subject = subject


class Unknown(DeliveryError):
    """The answer was lost: the message may have been delivered, so it is never sent again blindly."""
