"""Framing: whole messages out of any bytes in any chunking."""

import random
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.wire import cobs
from ql_release.wire.framing import BareFraming, CobsFraming, Framing, LengthFraming
from ql_release.wire.limits import MAX_MESSAGE

STREAMS = [CobsFraming, LengthFraming]
ALL = [*STREAMS, BareFraming]

MESSAGES = st.binary(min_size=2, max_size=300) | st.binary(min_size=2, max_size=MAX_MESSAGE)
# Bytes that framings take for their own: zeros, COBS codes, short lengths.
GARBAGE = st.binary(max_size=2000) | st.lists(
    st.sampled_from([0, 1, 2, 3, 4, 255]), max_size=2000
).map(bytes)
CUTS = st.lists(st.integers(min_value=0, max_value=4000), max_size=30)


def chunks(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return [data[start:end] for start, end in pairwise(edges)]


def fed(framing: Framing, parts: list[bytes]) -> list[bytes]:
    return [message for part in parts for message in framing.feed(part)]


@pytest.mark.parametrize("kind", ALL)
@given(message=MESSAGES)
def test_a_message_encoded_is_the_message_decoded(kind: type[Framing], message: bytes) -> None:
    framing = kind()
    assert framing.feed(framing.encode(message)) == [message]
    assert framing.stats.messages == 1
    assert framing.stats.discarded_bytes == 0


@pytest.mark.parametrize("kind", STREAMS)
@given(sent=st.lists(MESSAGES, max_size=8), cuts=CUTS)
def test_the_chunking_makes_no_difference(
    kind: type[Framing], sent: list[bytes], cuts: list[int]
) -> None:
    framing = kind()
    line = b"".join(framing.encode(message) for message in sent)
    assert fed(framing, chunks(line, cuts)) == sent


@pytest.mark.parametrize("kind", STREAMS)
@given(sent=st.lists(st.tuples(GARBAGE, MESSAGES), min_size=1, max_size=5), cuts=CUTS)
def test_every_frame_after_garbage_is_found(
    kind: type[Framing], sent: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    framing = kind()
    line = b"".join(garbage + framing.encode(message) for garbage, message in sent)
    found = fed(framing, chunks(line, cuts))
    assert found == [message for _, message in sent]
    carried = sum(len(framing.encode(message)) for _, message in sent)
    assert framing.stats.discarded_bytes <= len(line) - carried


@pytest.mark.parametrize("kind", ALL)
@given(parts=st.lists(GARBAGE, max_size=6))
def test_no_bytes_make_a_decoder_raise(kind: type[Framing], parts: list[bytes]) -> None:
    framing = kind()
    for part in parts:
        framing.feed(part)
    assert framing.stats.discarded_bytes <= sum(len(part) for part in parts)


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("pattern", [b"\x00", b"\x01", b"\xff", b"\x00\x04", b"\x04\x00", b"\x05"])
def test_endless_garbage_takes_no_more_memory(kind: type[Framing], pattern: bytes) -> None:
    framing = kind()
    part = pattern * (512 // len(pattern))
    for _ in range(8):
        framing.feed(part)
    tracemalloc.start()
    try:
        for _ in range(16):
            framing.feed(part)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 64 * MAX_MESSAGE
    assert framing.stats.messages == 0


@pytest.mark.parametrize("kind", STREAMS)
def test_a_megabyte_of_garbage_in_one_piece_hides_none_of_its_frames(kind: type[Framing]) -> None:
    framing = kind()
    generator = random.Random(1)  # noqa: S311 - the same garbage in every run
    frame = framing.encode(b"\x21\x07")
    line = b"".join(generator.randbytes(4000) + frame for _ in range(250))
    assert framing.feed(line) == [b"\x21\x07"] * 250


@pytest.mark.parametrize("kind", STREAMS)
def test_a_spoilt_frame_costs_only_itself(kind: type[Framing]) -> None:
    framing = kind()
    first, second, third = (framing.encode(bytes([0x21, number, 7])) for number in range(3))
    spoilt = second[:4] + bytes([second[4] ^ 0x55]) + second[5:]
    assert framing.feed(first + spoilt + third) == [b"\x21\x00\x07", b"\x21\x02\x07"]
    assert framing.stats.checksum_errors == 1
    assert framing.stats.discarded_bytes == len(spoilt)


@pytest.mark.parametrize("kind", STREAMS)
def test_a_frame_cut_short_does_not_take_the_next_one_with_it(kind: type[Framing]) -> None:
    framing = kind()
    whole = framing.encode(bytes(range(1, 200)))
    assert framing.feed(whole[:50] + whole) == [bytes(range(1, 200))]


def test_a_claimed_length_does_not_hold_back_the_frames_after_it() -> None:
    """The line may fall silent after this request: it must be found without more bytes."""
    framing = LengthFraming()
    request = framing.encode(b"\x2b\x01")
    assert framing.feed(request + b"\xe8\x03" + request) == [b"\x2b\x01", b"\x2b\x01"]


def test_boot_text_before_the_first_zero_byte_costs_no_frame() -> None:
    framing = CobsFraming()
    text = b"MicroPython v1.26.1; Raspberry Pi Pico W\r\n"
    assert framing.feed(text + framing.encode(b"\x11\x22\x33")) == [b"\x11\x22\x33"]
    assert framing.stats.discarded_bytes == len(text)


def test_too_long_frames_are_counted_once_each() -> None:
    length = LengthFraming()
    length.feed(b"\xff\xff" + b"\xee" * 5000)
    assert (length.stats.oversize, length.stats.checksum_errors) == (1, 0)
    stuffed = CobsFraming()
    for part in (b"\x55" * 3000, b"\x55" * 3000, b"\0"):
        stuffed.feed(part)
    assert stuffed.stats.oversize == 1


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("size", [0, 1, MAX_MESSAGE + 1])
def test_a_message_of_a_wrong_size_is_refused(kind: type[Framing], size: int) -> None:
    with pytest.raises(ValueError, match="2 to 1024 bytes"):
        kind().encode(bytes(size))


def test_bare_packets_of_a_wrong_size_are_dropped_and_counted() -> None:
    framing = BareFraming()
    assert framing.feed(b"\x21") == []
    assert framing.feed(bytes(MAX_MESSAGE + 1)) == []
    assert framing.stats.oversize == 1
    assert framing.stats.discarded_bytes == MAX_MESSAGE + 2


@given(data=st.binary(max_size=1100))
def test_cobs_gives_back_what_it_was_given_without_zeros(data: bytes) -> None:
    block = cobs.encode(data)
    assert 0 not in block
    assert len(block) <= cobs.encoded_size(len(data))
    assert cobs.decode(block) == data


@given(data=st.binary(max_size=300), before=st.binary(max_size=40))
def test_every_ending_of_a_block_is_decoded_as_it_would_be_alone(
    data: bytes, before: bytes
) -> None:
    block = before.replace(b"\0", b"\x01") + cobs.encode(data)
    expected = [(start, cobs.decode(block[start:])) for start in range(len(block))]
    assert cobs.tails(block) == [(start, tail) for start, tail in expected if tail is not None]


@pytest.mark.parametrize("size", [253, 254, 255, 508, 509])
def test_cobs_at_the_edges_of_its_runs(size: int) -> None:
    for data in (b"\x07" * size, b"\x07" * size + b"\0", b"\0" + b"\x07" * size):
        assert cobs.decode(cobs.encode(data)) == data
