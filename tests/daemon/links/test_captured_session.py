"""Which session a capture was cut out for: read back, and what is no such record."""

from pathlib import Path

import pytest

from ql_release.analysis import analyze
from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind
from ql_release.links.captured_session import CapturedSession
from ql_release.links.damage import DamagedRecording

SESSION = CapturedSession("ab" * 16, "home", "mat", "import")


def test_what_is_written_is_read_back() -> None:
    assert CapturedSession.from_json(SESSION.to_json()) == SESSION


def test_what_a_later_version_adds_is_ignored() -> None:
    document = SESSION.to_json()[:-1] + b',"mood":"good"}'
    assert CapturedSession.from_json(document) == SESSION


BAD = [b"", b"{", b"[]", b"7", b"null", b"{}", b'{"session":"x","bridge":"b","tool":"t"}', b"\xff"]


@pytest.mark.parametrize("document", BAD)
def test_what_lacks_something_is_damage(tmp_path: Path, document: bytes) -> None:
    capture = tmp_path / "x.qlcap"
    with CaptureWriter(capture) as writer:
        writer.write(CaptureRecord(RecordKind.SESSION, 1, document))
    with pytest.raises(DamagedRecording, match=r"byte 6: the capture does not tell its session"):
        list(analyze(capture))
