"""Text recordings for tests: written as they are told, read to their first damage."""

from pathlib import Path

from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader
from ql_release.links.recording_header import RecordingHeader
from ql_release.signal.samples import SampleBlock

HEAD = "# recording: 1\n# start: 2026-01-31T18:00:00Z\n"


def read(path: Path, text: str | bytes) -> tuple[list[SampleBlock], DamagedRecording | None]:
    """Return the blocks before the first damage, and the damage."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    blocks: list[SampleBlock] = []
    try:
        with RecordingReader(path) as reader:
            blocks.extend(reader)
    except DamagedRecording as error:
        return blocks, error
    return blocks, None


def header_of(path: Path, text: str) -> RecordingHeader:
    path.write_text(text, encoding="utf-8")
    with RecordingReader(path) as reader:
        return reader.header


def times(blocks: list[SampleBlock]) -> list[float]:
    return [t for block in blocks for t in block.t]
