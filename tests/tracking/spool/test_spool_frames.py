"""The file format: what is sealed opens again, and damage costs no more than what it touches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kernel.errors import ConfigurationError, CorruptFrameError
from leadline.tracking.spool.frames import (
    FRAME_HEADER_BYTES,
    SEGMENT_HEADER_BYTES,
    FrameOpener,
    FrameSealer,
    frame_spans,
    key_id,
    whole_frames_end,
)

KEY = b"k" * 32


def seal_all(payloads: list[bytes], key: bytes = KEY) -> bytes:
    sealer = FrameSealer(key)
    return sealer.header + b"".join(part for payload in payloads for part in sealer.seal(payload))


def open_all(segment: bytes, keys: list[bytes]) -> list[bytes]:
    opener = FrameOpener(segment, keys)
    return [opener.open(segment, span) for span in frame_spans(segment)]


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_what_is_sealed_opens_again(payloads: list[bytes]) -> None:
    assert open_all(seal_all(payloads), [KEY]) == payloads


def test_the_segment_names_its_key_among_several() -> None:
    segment = seal_all([b"one"], key=b"o" * 32)
    assert segment[8:12] == key_id(b"o" * 32)
    assert open_all(segment, [KEY, b"o" * 32]) == [b"one"]


def test_a_missing_key_is_a_matter_of_configuration_not_corruption() -> None:
    with pytest.raises(ConfigurationError, match="not among the secret keys"):
        FrameOpener(seal_all([b"one"]), [b"x" * 32])


def test_no_plaintext_and_no_two_equal_segments() -> None:
    first, second = seal_all([b"someone@example.com"]), seal_all([b"someone@example.com"])
    assert b"someone" not in first
    assert first[SEGMENT_HEADER_BYTES + FRAME_HEADER_BYTES :] != second[SEGMENT_HEADER_BYTES + FRAME_HEADER_BYTES :]


@pytest.mark.parametrize("offset", range(SEGMENT_HEADER_BYTES))
def test_every_byte_of_the_segment_header_is_guarded(offset: int) -> None:
    segment = bytearray(seal_all([b"one"]))
    segment[offset] ^= 1
    with pytest.raises(CorruptFrameError, match="header is damaged"):
        FrameOpener(bytes(segment), [KEY])


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4), st.data())
def test_a_cut_keeps_exactly_the_whole_frames_before_it(payloads: list[bytes], data: st.DataObject) -> None:
    segment = seal_all(payloads)
    cut = data.draw(st.integers(0, len(segment)))
    ends = [span.end for span in frame_spans(segment)]
    assert whole_frames_end(segment[:cut]) == max((end for end in ends if end <= cut), default=0)


def test_a_flipped_byte_costs_one_frame_wherever_it_is() -> None:
    payloads = [b"first", b"second", b"third"]
    segment = seal_all(payloads)
    opener = FrameOpener(segment, [KEY])
    for offset in range(SEGMENT_HEADER_BYTES, len(segment)):
        damaged = bytearray(segment)
        damaged[offset] ^= 0x40
        assert len(_survivors(opener, bytes(damaged))) == 2


def _survivors(opener: FrameOpener, segment: bytes) -> list[bytes]:
    found = []
    for span in frame_spans(segment):
        try:
            found.append(opener.open(segment, span))
        except CorruptFrameError:
            continue
        except OverflowError:  # a damaged header has no sequence
            assert span.sequence == -1
    return found
