"""What can be wrong with a request that claims to come from a platform."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a callback was not believed; fit for a log, it repeats nothing of the request."""

    PARAMETERS = "parameters"
    SIGNATURE = "signature"
    WINDOW = "window"
    ENVELOPE = "envelope"
    RECEIVER = "receiver"
    CONTENT = "content"


class CallbackRefused(Exception):
    """The request did not prove where it comes from, or cannot be read: answer 401 and store nothing. Holds nothing of the body."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)
