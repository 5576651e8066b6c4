"""Pages and API under attack by somebody who is signed in: what they can't read is refused in words, never an error.

Odd values in every parameter of every page that links and forms name, in every form's fields, in every JSON body of the
API; documents that grow or nest without end; files to import that unfold. Bound: two minutes.
"""

import gzip
import io
import json
import random
import re
import resource
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest
from tests.acceptance.demonstration import Demonstration, token_in
from tests.acceptance.hostile_pages import Form, Site, walk
from tests.acceptance.hostile_wire import memory_mb, servers_of
from tests.leadline_process import LEADLINE, wait_until

MORE_MB = 250
"""By how much all this may raise the memory of all processes: reports are kept for a while."""
SEED = 7
TRIES = 2
"""Odd values tried in each parameter of each page, others in each; the seed is fixed, so each run tries the same."""
DEEP = 100_000
ODD = {
    "2**63": b"9223372036854775808",
    "5,000 digits": b"9" * 5_000,
    "1e400": b"1e400",
    "NaN": b"NaN",
    "-1": b"-1",
    "-0": b"-0",
    "NUL": b"\x00",
    "bytes that are no text": b"\xff\xfe",
    "half a character": b"\xed\xa0\x80",
    "the year 9999999": b"9999999-01-01",
    "the last day": b"9999-12-31",
    "the first day": b"0001-01-01",
    "a period at the end of time": b"9999-01-01..9999-12-31",
    "a period of 99999999 days": b"99999999d",
    "20,000 characters": b"a" * 20_000,
    "what a pattern would try for ever": b"(" * 3_000 + b"a" * 3_000 + b"!",
    "digits of another script": "٣٤".encode(),
    "a digit above the line": "²".encode(),
    "quotes": b"'\") or 1=1--",
    "a way out": b"../../../../etc/passwd",
}
NOT_TRIED = re.compile("logout|/erase|/sessions|/password|/you/|/users|/keys")
"""What would sign us out, or change who may sign in."""


@pytest.fixture(scope="module")
def browser(demonstration: Demonstration) -> Iterator[httpx.Client]:
    browser = demonstration.administrator()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def site(browser: httpx.Client) -> Site:
    """Every page that can be reached, with the parameters and forms that pages name."""
    return walk(browser, "/overview")


@pytest.fixture(autouse=True)
def stays_as_it_is(demonstration: Demonstration) -> Iterator[None]:
    """The same processes, within the memory allowed; no error in the log but what is told as refused."""
    log = Path(f"{demonstration.folder.data}.log")
    before, processes, said = memory_mb(demonstration.server), servers_of(demonstration.server), log.stat().st_size
    yield
    assert servers_of(demonstration.server) == processes, "none of them was started again"
    wait_until(lambda: memory_mb(demonstration.server) < before + MORE_MB, 20, f"the memory is again near {before} MB")
    assert b" ERROR " not in log.read_bytes()[said:]


def failures(answers: Iterable[tuple[str, httpx.Response]]) -> list[str]:
    """What was no answer in words: errors of the server, and what a traceback can be read in."""
    return [what for what, answer in answers if answer.status_code >= 500 or "Traceback" in answer.text]


def some(choice: random.Random) -> list[tuple[str, bytes]]:
    return choice.sample(sorted(ODD.items()), TRIES)


def test_odd_values_in_every_parameter_of_every_page(browser: httpx.Client, site: Site) -> None:
    choice = random.Random(SEED)  # noqa: S311  # no secret
    tried = [
        (f"{path} {parameter}: {name}", f"{path}?{parameter}={quote_from_bytes(value)}")
        for path, parameters in sorted(site.parameters.items())
        for parameter in sorted(parameters)
        for name, value in some(choice)
    ]
    assert len(tried) > 400, "pages were walked"
    assert failures((what, browser.get(address)) for what, address in tried) == []


def test_odd_values_in_every_field_of_every_form(browser: httpx.Client, site: Site) -> None:
    choice = random.Random(SEED)  # noqa: S311  # no secret
    token = token_in(browser.get("/overview").text)
    tried = [
        (f"{form.path} {field}: {name}", form, field, value)
        for form in site.forms
        if not NOT_TRIED.search(form.path)
        for field in sorted(form.fields)
        for name, value in some(choice)
    ]
    assert len(tried) > 150, "forms were found"
    assert failures((what, post(browser, form, token, {field: value})) for what, form, field, value in tried) == []
    assert browser.get("/system").status_code == 200, "we are signed in still"


def post(browser: httpx.Client, form: Form, token: str, instead: dict[str, bytes]) -> httpx.Response:
    fields = {name: value or "1" for name, value in form.fields.items()}
    body = urlencode({**fields, **instead, "csrfmiddlewaretoken": token})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
    return browser.post(form.path, content=body.encode(), headers=kind)


def test_odd_values_as_numbers_in_addresses(browser: httpx.Client, site: Site) -> None:
    numbered = {re.sub(r"\d+", "{}", path, count=1) for path in site.pages if re.search(r"/\d+", path)}
    assert len(numbered) > 10
    tried = [path.format(odd) for path in sorted(numbered) for odd in ("9" * 5_000, 2**63, 2**63 - 1, 0, "%00", "٣")]
    assert failures((path[:80], browser.get(path)) for path in tried) == []


@pytest.fixture(scope="module")
def program(demonstration: Demonstration) -> Iterator[httpx.Client]:
    """What calls the API with an administrator's token."""
    bearer = {"Authorization": f"Bearer {demonstration.api_token()}"}
    with httpx.Client(base_url=demonstration.address, headers=bearer, timeout=60) as program:
        yield program


NO_BODIES = {
    "nested lists": b"[" * DEEP + b"]" * DEEP,
    "nested objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep value": b'{"name":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "huge numbers": b'{"name":1e400,"limit":' + b"9" * 5_000 + b',"number":-0,"days":9223372036854775808}',
    "NaN": b'{"name":NaN,"limit":Infinity}',
    "half a character": b'{"name":"\\ud800","document":"\\ud800\\n"}',
    "NUL": b'{"name":"\\u0000","document":"\\u0000\\n"}',
    "bytes that are no text": b'{"name":"\xff\xfe"}',
    "a gzip": gzip.compress(b"{}"),
}


@pytest.mark.parametrize("name", NO_BODIES)
def test_odd_bodies_at_every_operation_that_takes_one(program: httpx.Client, name: str) -> None:
    described: dict[str, Any] = program.get("/api/openapi.json").json()["paths"]
    taking = [
        (method, re.sub(r"\{\w+\}", "1", path))
        for path, operations in sorted(described.items())
        for method, operation in operations.items()
        if "requestBody" in operation
    ]
    assert len(taking) > 20
    kind = {"Content-Type": "application/json"}
    answers = [
        (f"{method} {path}", program.request(method, path, content=NO_BODIES[name], headers=kind))
        for method, path in taking
    ]
    assert failures(answers) == []
    assert {answer.status_code for _, answer in answers} <= {400, 404, 409, 413, 422}, "nothing of it is taken"


def laughing(levels: int = 30) -> str:
    """YAML that is short and means 2**30 things."""
    lines = ["a0: &a0 [lol, lol]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


DOCUMENTS = {
    "aliases that grow": laughing(),
    "an alias of itself": "a: &a [*a]\n",
    "a merge of itself": "a: &a\n  <<: *a\n",
    "nested 100,000 deep": "a: " + "[" * DEEP + "]" * DEEP + "\n",
    "a million lines": "a:\n" + "- 1\n" * 1_000_000,
    "5,000 digits": "version: " + "9" * 5_000 + "\n",
    "a number in sixties": "version: " + "1:" * 5_000 + "1\n",
    "infinity": "version: .inf\nname: .nan\n",
    "a date that is none": "version: 2026-13-45\n",
    "a Python object": "a: !!python/object/apply:os.system [id]\n",
    "half a character": "name: \"\\ud800\"\n",
    "NUL": "name: \"\\0\"\n",
    "a key that is a list": "? [a, b]\n: 1\n",
    "tags without end": "a: " + "!!str " * 10_000 + "a\n",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_that_grow_or_are_none_are_refused_in_words(program: httpx.Client, name: str) -> None:
    document = DOCUMENTS[name]
    rules = program.post("/api/v1/rules/validate", json={"document": document})
    mapping = program.post("/api/v1/crm/connections/sandbox/mapping/check", json={"document": document})
    for answer in (rules, mapping):
        assert answer.status_code in {200, 400, 413, 422}, answer.text[:300]
        assert answer.elapsed.total_seconds() < 20
    assert rules.status_code != 200 or rules.json()["faults"], "it is no ruleset"


def test_a_body_of_100_mb_is_refused(browser: httpx.Client) -> None:
    token = token_in(browser.get("/conversions/money").text)
    for path, megabytes in (("/conversions/money/upload", 30), ("/accounts/login/", 8), ("/api/v1/rules/validate", 8)):
        body = b"csrfmiddlewaretoken=" + token.encode() + b"&text=" + b"a" * (megabytes << 20)
        try:
            answer = browser.post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            continue  # it hung up while we were still sending
        assert answer.status_code == 413, path


def packed(content: bytes, name: str = "spend.csv") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


FILES = {
    "a bomb of zip": packed(bytes(100 << 20)),
    "a workbook": packed(b"<worksheet/>", "xl/worksheets/sheet1.xml"),
    "a way out of a folder": packed(b"day,channel,amount\n", "../../../../tmp/leadline-was-here"),
    "a bomb of gzip": gzip.compress(bytes(100 << 20)),
    "a cell of 10 MB": b"day,channel,amount\n2026-01-01,Direct," + b"9" * (10 << 20) + b"\n",
    "500,000 columns": b"," * 500_000 + b"\n" + b"," * 500_000 + b"\n",
    "NULs": b"day,channel,amount\n2026-01-01,\x00,1\n",
    "1e400": b"day,channel,amount,currency\n2026-01-01,Direct,1e400,USD\n2026-01-01,Direct,NaN,USD\n",
    "the year 9999999": b"day,channel,amount,currency\n9999999-01-01,Direct,1,USD\n",
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_spend_that_are_none_are_refused_in_words(browser: httpx.Client, name: str) -> None:
    token = token_in(browser.get("/conversions/money").text)
    answer = browser.post(
        "/conversions/money/upload",
        data={"csrfmiddlewaretoken": token, "what": "spend"},
        files={"file": ("../../spend.csv", FILES[name])},
    )
    assert answer.status_code == 422
    assert not Path("/tmp/leadline-was-here").exists()  # noqa: S108  # where the way out would lead


IMPORTED = {
    "workbook.xlsx": packed(b"<worksheet/>", "xl/worksheets/sheet1.xml"),
    "way-out.zip": packed(b"{}", "../../../../tmp/leadline-was-here"),
    "line.csv.gz": gzip.compress(b"type,event,userId\ntrack,E," + bytes(900 << 20)),
    "header.csv.gz": gzip.compress(bytes(900 << 20)),
    "line.ndjson.gz": gzip.compress(b'{"type":"track","event":"' + b"a" * (900 << 20)),
    "deep.ndjson": b"[" * DEEP + b"]" * DEEP + b"\n" + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"\n",
    "numbers.ndjson": b'{"type":"track","event":"E","userId":"u","properties":{"n":1e400,"m":' + b"9" * 5_000 + b"}}\n",
}
IMPORT_MB = 700


def little_memory() -> None:
    """Less than the files unfold to, for what comes after."""
    resource.setrlimit(resource.RLIMIT_DATA, (IMPORT_MB << 20, IMPORT_MB << 20))


@pytest.mark.parametrize("name", IMPORTED)
def test_files_to_import_are_read_in_bounded_memory_or_refused_in_words(
    demonstration: Demonstration, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_bytes(IMPORTED[name])
    ran = subprocess.run(
        [LEADLINE, "import", str(file), "--dry-run", "--json"],
        env=demonstration.folder.environment,
        preexec_fn=little_memory,  # no other thread of this test holds a lock that it needs
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stderr[-2000:]
    assert "Traceback" not in ran.stderr
    if ran.returncode == 0:
        assert json.loads(ran.stdout)["stored"] == 0, "nothing of it is an event"
    assert not Path("/tmp/leadline-was-here").exists()  # noqa: S108  # where the way out would lead
