"""Every error of Jikimi; the docstring is the message where none is given.

JikimiError
├── NotConfigured
├── StoreUnavailable
├── StoreOutdated
├── StoredMeanwhile
├── ServiceUnavailable
├── BadFile
├── NoPanel
├── Undeliverable
└── DeliveryError
    ├── Rejected
    ├── Unavailable
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
    """The channel refuses this message for good."""


class Unavailable(DeliveryError):
    """The channel did not take the message now; trying later is safe."""


class Unknown(DeliveryError):
    """The answer was lost: the message may have been delivered, so it is never sent again blindly."""
