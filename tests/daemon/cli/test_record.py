"""What keeps a recording from coming about is told at once, before anyone lies down."""

import socket
from pathlib import Path

import pytest
from command import run


@pytest.mark.parametrize(
    "place", ["no/such/folder/new.qlcap", "a-file/new.qlcap"], ids=["no folder", "a file"]
)
def test_a_folder_that_cannot_be_written_to_is_refused_at_once(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").touch()
    output = tmp_path / place
    done = run("record", "--output", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"ql-release: {output} cannot be made; name a file in a folder that you may write to.\n"
    )


def test_a_port_that_another_program_uses_is_one_sentence(tmp_path: Path) -> None:
    output = tmp_path / "new.qlcap"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("record", "--output", output, QL_RELEASE_TCP__PORT=str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ql-release: cannot listen for tools on 127.0.0.1 port {port} (address already in use): "
        "stop what uses it, or set another tcp.host or tcp.port.\n"
    )
    assert not output.exists()


def test_without_any_link_there_is_nothing_to_record_from(tmp_path: Path) -> None:
    done = run("record", "--output", tmp_path / "new.qlcap", QL_RELEASE_TCP__ENABLED="false")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "ql-release: There is no link to record from; set tcp or serial.\n"
