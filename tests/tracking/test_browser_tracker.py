"""The tracker as a file: its size, what it needs, and the renaming that makes it small."""

import gzip
import re
import subprocess
import sys

import pytest

from leadline.tracking.browser import tracker_script
from leadline.tracking.browser.shorten import shorten

WITHOUT_DJANGO = """import sys; from leadline.tracking.browser import tracker_script; tracker_script()
print([name for name in ("django", "duckdb", "ibis") if name in sys.modules])"""


def test_it_is_under_three_kilobytes() -> None:
    assert len(gzip.compress(tracker_script(), 9)) < 3000


def test_it_is_made_once() -> None:
    assert tracker_script() is tracker_script()


def test_the_collector_can_serve_it() -> None:
    command = [sys.executable, "-c", WITHOUT_DJANGO]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("danger", ["eval(", "Function(", "innerHTML", "document.write", "createElement", "cookie"])
def test_it_needs_nothing_that_a_strict_policy_forbids(danger: str) -> None:
    assert danger.encode() not in tracker_script()


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("(()=>{const value=1;let other=value;})();", "(()=>{let a=1;let b=a})();"),
        ("(()=>{const key=(text)=>text+1;key(2);})();", "(()=>{let a=b=>b+1;a(2)})();"),
        ("(()=>{const page={page:1};x(page.page);})();", "(()=>{let page={page:1};x(page.page)})();"),
        ("(()=>{const key=1;x({key,a:key});})();", "(()=>{let key=1;x({key,a:key})})();"),
        ('(()=>{const key="key";x(/key/,key);})();', '(()=>{let a="key";x(/key/,a)})();'),
        ("(()=>{const key=(a,value)=>a+value;})();", "(()=>{let d=(b,c)=>b+c})();"),
    ],
)
def test_renaming(code: str, short: str) -> None:
    assert shorten(code) == short


def test_names_of_separate_statements_are_shared() -> None:
    assert shorten("(()=>{const f=(one)=>one;const g=(two)=>two;})();") == "(()=>{let b=a=>a;let c=a=>a})();"


def test_no_word_of_the_page_is_renamed() -> None:
    words = set(re.findall(r"[A-Za-z_]\w{2,}", tracker_script().decode()))
    assert {"localStorage", "dataset", "writeKey", "anonymousId", "engaged_ms", "page_id", "first_touch"} <= words
