"""What can go wrong between the host and a tool; every message is a sentence for people."""

from ql_release.wire.control import Op, Status


class LinkError(Exception):
    """A link or the tool on it does not do what was asked."""


class ListenError(LinkError):
    """The address where tools are to connect cannot be listened on."""


class LinkClosedError(LinkError):
    """The link ended: unplugged, switched off, or closed by this side."""


class QuietError(LinkError):
    """The link stands, but nothing comes over it any more."""


class RequestTimeoutError(QuietError):
    """The tool did not answer a request, nor its repetition."""


class HandshakeError(LinkError):
    """The other side is no tool that this daemon can or may work with."""


class AuthenticationError(HandshakeError):
    """One side could not prove that it has the shared key."""


class RefusedError(LinkError):
    """The tool answered a request with a status other than OK.

    Attributes:
        op: what was asked.
        status: why not; a plain integer when the status is not known here.
    """

    def __init__(self, label: str, op: Op, status: int) -> None:
        self.op = op
        self.status = status
        super().__init__(f"{label} refused {op.name}: {status_text(status)}")


_STATUS_TEXTS: dict[int, str] = {
    Status.PARTIAL: "only a part is still there",
    Status.GONE: "the samples are no longer there",
    Status.BAD_REQUEST: "the request was not understood",
    Status.UNKNOWN_OP: "its firmware does not know this request; update it",
    Status.UNDER_LOAD: "there is a load on the tool; take it off and try again",
    Status.NOT_AUTHENTICATED: "the shared key has not been proved",
    Status.MTU_TOO_SMALL: "the radio link's packets are too small",
    Status.UNSUPPORTED_VERSION: "it speaks another version of the wire contract; update one side",
    Status.BUSY: "it is busy; try again",
    Status.STORAGE_FAILED: "its storage failed",
    Status.NOT_READY: "it is not ready; try again",
    Status.UNSUPPORTED: "its hardware cannot do this",
}


def status_text(status: int) -> str:
    """Return what a status says, as the end of a sentence."""
    return _STATUS_TEXTS.get(status, f"status {status}, which this daemon does not know")
