"""Charts as images: by vl-convert, without a browser and without the network."""

from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Any

from leadline.kernel.errors import TerminalError

PIXELS = 2
"""Of a PNG for each of the drawing's: it stays sharp on fine screens and in print."""
NO_ADDRESS = ["about:blank"]
"""Drawings have their data in them. vl-convert takes an empty list for any address."""


def draw(spec: Mapping[str, Any], form: str) -> bytes:
    """A themed specification as "svg", "png" or "pdf". The first call of a process takes about a second.

    Raises:
        TerminalError: there is no such format.
    """
    converter, given = _converter(), {"vl_spec": dict(spec), "allowed_base_urls": NO_ADDRESS}
    if form == "svg":
        return str(converter.vegalite_to_svg(**given)).encode()
    if form == "png":
        return bytes(converter.vegalite_to_png(**given, scale=PIXELS))
    if form == "pdf":
        return bytes(converter.vegalite_to_pdf(**given))
    raise TerminalError(f"A chart can't be drawn as {form!r}.", advice="Use svg, png or pdf.")


@cache
def _converter() -> ModuleType:
    """Loaded by the first who draws: it is 84 MB with an engine for JavaScript in it."""
    import vl_convert

    return vl_convert
