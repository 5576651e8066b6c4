"""The script that draws charts in pages: Vega, Vega-Lite and vega-embed out of vl-convert, made once and kept
compressed in the data folder; pages serve it from our own address."""

import gzip
import hashlib
import os
import subprocess
import sys
import threading
from functools import cache
from importlib.metadata import version
from pathlib import Path

SNIPPET = "window.vegaEmbed = vegaEmbed;"
FOLDER = "cache"
_making = threading.Lock()


@cache
def digest() -> str:
    """Names its content: the same release of vl-convert makes the same script."""
    return hashlib.sha256(f"{version('vl-convert-python')} {SNIPPET}".encode()).hexdigest()[:16]


def bundle(data: Path) -> bytes:
    """The script, gzipped. Made in two seconds the first time."""
    path = data / FOLDER / f"charts-{digest()}.js.gz"
    with _making:
        if not path.exists():
            _make(path)
    return path.read_bytes()


def warm(data: Path) -> threading.Thread:
    """Make it, and load what makes charts, beside a server that starts: nobody waits for either on a page."""

    def load() -> None:
        import altair  # noqa: F401  # a third of a second

        bundle(data)

    thread = threading.Thread(target=load, name="charts", daemon=True)
    thread.start()
    return thread


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(gzip.compress(_bundled(), mtime=0))
    draft.replace(path)


def _bundled() -> bytes:
    """In a process of its own: vl-convert takes 200 MB that a server does not need for this."""
    code = "import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle(sys.argv[1]))"
    return subprocess.run([sys.executable, "-c", code, SNIPPET], check=True, capture_output=True).stdout
