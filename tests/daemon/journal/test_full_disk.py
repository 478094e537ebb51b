"""A disk that is full or read-only: nothing is lost, it is told once, and it goes on by itself."""

import contextlib
import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import Batch, DiskTroubleError, Journal, SegmentRecord, SegmentStart
from ql_release.journal import writer as writer_module

EventFactory = Callable[..., HoldStarted]
RecordFactory = Callable[..., SegmentRecord]


class SmallDisk:
    """A real file system of 2 MB.

    Args:
        folder: where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "journal.db"

    def fill(self) -> None:
        """Leave no room at all."""
        with (self.folder / "film.mkv").open("ab", buffering=0) as file:
            for size in (4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def free(self) -> None:
        """Make room again."""
        (self.folder / "film.mkv").unlink()

    def make(self, option: str) -> None:
        """Make it `ro` or `rw`, as the system does with a card that fails."""
        _mount("-o", f"remount,{option}", self.folder)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", folder)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no file system may be mounted here")
    yield SmallDisk(folder)
    subprocess.run([str(shutil.which("umount")), "--lazy", folder], check=True)


def _mount(*arguments: str | Path) -> None:
    program = shutil.which("mount")
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "mount")
    subprocess.run([program, *arguments], check=True, capture_output=True)


def _many(event: EventFactory, count: int = 300) -> Batch:
    return Batch("mat", events=[event(n) for n in range(1, count)])


def _told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


FULL = "the journal's disk is full: free some space on it"


async def test_a_disk_that_gets_full_is_told_once_and_taken_up_again(
    disk: SmallDisk, event: EventFactory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with await Journal.open(disk.path, window_s=0) as journal:
        await journal.write(Batch("mat", events=[event(0)]))
        disk.fill()
        for _ in range(3):
            with pytest.raises(DiskTroubleError, match="disk is full"):
                await journal.write(_many(event))
        assert journal.problems == [FULL]
        assert [one.seq for one in await journal.unsent(10)] == [1]
        disk.free()
        stored = await journal.write(_many(event))
        assert [one.seq for one in stored] == list(range(2, 301))
        assert journal.problems == []
    assert _told(caplog) == [
        ("ERROR", f"Nothing is lost yet, but {FULL}."),
        ("INFO", "The journal is written again."),
    ]


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped in order", "crashed"])
async def test_a_daemon_starts_on_a_full_disk_with_what_the_journal_holds(
    disk: SmallDisk,
    event: EventFactory,
    segment: SegmentStart,
    record: RecordFactory,
    monkeypatch: pytest.MonkeyPatch,
    *,
    stopped: bool,
) -> None:
    monkeypatch.setattr(writer_module, "REOPEN_S", 0.0)
    there = disk.path if stopped else disk.folder / "before" / "journal.db"
    async with await Journal.open(there, window_s=0) as journal:
        epoch = journal.epoch
        await journal.put_document("tool/mat", b"{}")
        await journal.write(
            Batch("mat", open_segment=segment, records=[record(1)], events=[event(0)])
        )
        if not stopped:
            for file in there.parent.glob("*.db*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, disk.folder)
    disk.fill()
    async with await Journal.open(disk.path, window_s=0) as journal:
        assert (journal.epoch, len(journal.problems)) == (epoch, 1)
        assert "disk is full" in journal.problems[0]
        assert await journal.documents() == {"tool/mat": b"{}"}
        assert [one.id for one in await journal.unsent(10)] == [event(0).id]
        (open_,) = await journal.open_segments()
        assert [one async for one in journal.segment_records(open_.id)] == [record(1)]
        with pytest.raises(DiskTroubleError, match="disk is full"):
            await journal.write(_many(event))
        disk.free()
        assert len(await journal.write(_many(event))) == 299
        assert (journal.epoch, journal.problems) == (epoch, [])
        assert await journal.outbox_depth() == 300
        await journal.write(Batch("mat", records=[record(2)], close_segment=True))
    async with await Journal.open(disk.path) as again:
        assert await again.outbox_depth() == 300


async def test_the_first_start_of_all_may_be_on_a_full_disk(
    disk: SmallDisk, event: EventFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "REOPEN_S", 0.0)
    disk.fill()
    async with await Journal.open(disk.path, window_s=0) as journal:
        assert await journal.unsent(10) == []
        assert await journal.documents() == {}
        with pytest.raises(DiskTroubleError):
            await journal.write(_many(event))
        with pytest.raises(DiskTroubleError):
            await journal.put_document("a", b"b", hurry=True)
        disk.free()
        assert len(await journal.write(_many(event))) == 299
        epoch = journal.epoch
        await journal.put_document("a", b"b", hurry=True)
    async with await Journal.open(disk.path) as again:
        assert again.epoch == epoch
        assert await again.outbox_depth() == 299
        assert await again.documents() == {"a": b"b"}


async def test_a_damaged_file_on_a_full_disk_is_left_until_there_is_room(
    disk: SmallDisk, event: EventFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "REOPEN_S", 0.0)
    async with await Journal.open(disk.path, window_s=0) as journal:
        await journal.write(_many(event))
    with disk.path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xa5" * 4096)
    before = _read(disk.path)
    disk.fill()
    async with await Journal.open(disk.path, window_s=0) as journal:
        with pytest.raises(DiskTroubleError):
            await journal.put_document("a", b"b")
        assert _read(disk.path) == before
        assert {file.name for file in disk.folder.iterdir()} <= {
            "film.mkv",
            "journal.db",
            "journal.db-wal",
            "journal.db-shm",
        }
        disk.free()
        await journal.put_document("a", b"b")
        assert "was damaged" in journal.problems[0]
        assert (disk.folder / "journal-damaged-1.db").exists()
        assert await journal.outbox_depth() > 0


def _read(path: Path) -> bytes:
    return path.read_bytes()


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped in order", "crashed"])
async def test_a_disk_that_is_read_only_at_the_start_is_waited_for(
    disk: SmallDisk, event: EventFactory, monkeypatch: pytest.MonkeyPatch, *, stopped: bool
) -> None:
    monkeypatch.setattr(writer_module, "REOPEN_S", 0.0)
    there = disk.path if stopped else disk.folder / "before" / "journal.db"
    async with await Journal.open(there, window_s=0) as journal:
        await journal.write(Batch("mat", events=[event(0)]))
        if not stopped:
            shutil.copy(there, disk.folder)
            shutil.copy(there.with_name("journal.db-wal"), disk.folder)
    disk.make("ro")
    async with await Journal.open(disk.path, window_s=0) as journal:
        assert "read-only" in journal.problems[0]
        # With a log beside it SQLite cannot read it where it may write nothing.
        assert await journal.outbox_depth() == stopped
        with pytest.raises(DiskTroubleError):
            await journal.write(_many(event))
        disk.make("rw")
        assert len(await journal.write(_many(event))) == 299
        assert await journal.outbox_depth() == 300
        assert journal.problems == []
