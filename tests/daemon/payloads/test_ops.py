"""The ops that a tool announces, and the models that read them."""

from ql_release.payloads.commands import TOOL_COMMANDS
from ql_release.payloads.tool import TOOL_OPS


def test_every_announced_op_has_a_model() -> None:
    """The names, which every daemon loads, and the models, which few do, are the same."""
    assert tuple(TOOL_COMMANDS) == TOOL_OPS
