"""The collector under attack: it refuses with an answer of 4xx, holds no more memory, and serves others meanwhile.

Bombs, nesting, numbers and texts that are none; each client here would be a stranger with a browser's public write key.
What is broken as HTTP, and slow clients, are in test_hostile_wire.py. Bound: half a minute.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.hostile_wire import Answer, Bystander, memory_mb, request, servers_of, speak
from tests.acceptance.installation import Installation
from tests.leadline_process import wait_until

MORE_MB = 60
"""By how much an attack may raise the memory of all processes: bodies of 4 MB, and what Python keeps of them."""
DEEP = 100_000
GOOD = b'{"batch":[]}'
PATHS = (
    "/v1/batch",
    "/v1/track",
    "/v1/identify",
    "/beacon/v1/batch",
    "/batch",
    "/e",
    "/engage",
    "/i/v1/analytics/events",
)


class Attacker:
    """Somebody with a write key."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        key = base64.b64encode(installation.source().key.encode() + b":")
        self.key = b"Authorization: Basic " + key

    def send(self, path: str, body: bytes, *headers: bytes) -> Answer:
        return speak(self._installation.port, request("POST", path, [self.key, *headers], body))


@pytest.fixture(scope="module")
def attacker(installation: Installation) -> Attacker:
    return Attacker(installation)


@pytest.fixture(autouse=True)
def stays_as_it_is(installation: Installation, attacker: Attacker) -> Iterator[None]:
    """The same processes, within the memory allowed, answering others."""
    before, processes = memory_mb(installation.server), servers_of(installation.server)
    with Bystander(installation.port, request("POST", "/v1/batch", [attacker.key], GOOD)) as bystander:
        yield
    assert set(bystander.statuses) <= {200}
    assert servers_of(installation.server) == processes, "none of them was started again"
    wait_until(lambda: memory_mb(installation.server) < before + MORE_MB, 20, f"the memory is again near {before} MB")


def gigabyte() -> bytes:
    """1 GB of zeros in 1 MB."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(1 << 10)) + packer.flush()


def test_bombs_of_gzip_are_refused_before_they_unfold(attacker: Attacker) -> None:
    bomb = gigabyte()
    assert {path: attacker.send(path, bomb, b"Content-Encoding: gzip").status for path in PATHS} == dict.fromkeys(
        PATHS, 400
    )
    assert attacker.send("/v1/batch", gzip.compress(bomb), b"Content-Encoding: gzip").status == 400


PACKED = gzip.compress(GOOD)
PACKINGS: dict[str, tuple[bytes, bytes]] = {
    "cut short": (PACKED[:-6], b"gzip"),
    "a length that is a lie": (PACKED[:-4] + b"\xff\xff\xff\x7f", b"gzip"),
    "100,000 members": (gzip.compress(b" ") * 100_000, b"gzip"),
    "deflate": (zlib.compress(GOOD), b"deflate"),
    "brotli": (b"\x0b\x05\x80" + GOOD + b"\x03", b"br"),
    "zstd": (b"\x28\xb5\x2f\xfd" + GOOD, b"zstd"),
    "twice": (gzip.compress(PACKED), b"gzip, gzip"),
    "zip": (b"PK\x03\x04" + bytes(1_000), b"zip"),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_bodies_packed_in_another_way_or_damaged_are_refused(attacker: Attacker, name: str) -> None:
    body, coding = PACKINGS[name]
    assert attacker.send("/v1/batch", body, b"Content-Encoding: " + coding).status == 400


EVENT = b'{"type":"track","event":"E","userId":"u","properties":%s}'
NESTED = {
    "lists": b"[" * DEEP + b"]" * DEEP,
    "objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "lists without an end": b"[" * DEEP,
    "inside a batch": b'{"batch":[' + EVENT % (b"[" * DEEP + b"]" * DEEP) + b"]}",
    "inside properties": EVENT % (b'{"a":' * DEEP + b"1" + b"}" * DEEP),
}


@pytest.mark.parametrize("nested", NESTED)
def test_json_nested_100000_deep_is_refused(attacker: Attacker, nested: str) -> None:
    answers = {path: attacker.send(path, NESTED[nested]) for path in PATHS}
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(PATHS, 400)
    assert {json.loads(answer.body)["code"] for answer in answers.values()} <= {"malformed_json", "invalid_body"}


FIELDS = ("timestamp", "sentAt", "messageId", "userId", "event", "type", "properties", "traits", "context")
NO_JSON = {
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "a NUL": b'"\x00"',
    "half a character in bytes": b'"\xed\xa0\x80"',
    "bytes that are no text": b'"\xff\xfe"',
}
ODD = {
    "1e400": b"1e400",
    "-1e400": b"-1e400",
    "100,000 digits": b"9" * 100_000,
    "2**64": b"18446744073709551616",
    "2**63": b"9223372036854775808",
    "-0": b"-0",
    "-0.0": b"-0.0",
    "a NUL, escaped": b'"\\u0000"',
    "half a character": b'"\\ud800"',
    "the year 9999999": b'"9999999-01-01T00:00:00Z"',
    "the year 0": b'"0000-01-01T00:00:00Z"',
    "the last second of 9999": b'"9999-12-31T23:59:60Z"',
    "a million characters": b'"' + b"a" * 1_000_000 + b'"',
    "what a pattern would try for ever": b'"' + b"(a+" * 1_000 + b'!"',
}


def message(field: str, value: bytes) -> bytes:
    """An event in which one field is this, as it stands on the wire."""
    usual = {"type": "track", "event": "E", "userId": "hostile", "messageId": f"m-{field}", "properties": {}}
    rest = json.dumps({name: each for name, each in usual.items() if name != field})
    return rest[:-1].encode() + b',"%s":%s}' % (field.encode(), value)


@pytest.mark.parametrize("value", NO_JSON)
def test_what_is_no_json_is_refused(attacker: Attacker, value: str) -> None:
    answers = {field: attacker.send("/v1/track", message(field, NO_JSON[value])).status for field in FIELDS}
    assert answers == dict.fromkeys(FIELDS, 400)


def test_each_message_of_odd_values_is_stored_or_quarantined_and_nothing_fails(
    installation: Installation, attacker: Attacker
) -> None:
    """What no number and no date can be is told in quarantine; it never stops the pipeline behind the collector."""
    log = Path(f"{installation.folder.data}.log")
    said, before = log.stat().st_size, installation.folder.json("status")
    sent = {(field, name): message(field, value) for field in FIELDS for name, value in ODD.items()}
    answers = {place: attacker.send("/v1/track", body).status for place, body in sent.items()}
    assert answers == dict.fromkeys(sent, 200)
    wait_until(lambda: judged(installation.folder.ask("status")) == judged(before) + len(sent), 120, "each is judged")
    assert installation.folder.json("status")["quarantined"] > before["quarantined"]
    assert b"Traceback" not in log.read_bytes()[said:]


def judged(status: dict[str, int]) -> int:
    """How many messages the pipeline has said something of."""
    return status["stored"] + status["duplicates"] + status["quarantined"]
