"""Stage 1 of 6: the browser tracker that pages load as `/t.js`. `t.js` beside this file is its readable form."""

from functools import cache
from pathlib import Path

import rjsmin

from leadline.tracking.browser.shorten import shorten


@cache
def tracker_script() -> bytes:
    """The tracker as it is served: minified JavaScript in UTF-8, made once a process."""
    source = Path(__file__).with_name("t.js").read_text(encoding="utf-8")
    return shorten(rjsmin.jsmin(source)).encode()
