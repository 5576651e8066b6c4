"""Which paths the collector knows, and what each takes or gives."""

import re
from enum import Enum, auto
from typing import NamedTuple

SEGMENT_SUCCESS = b'{"success": true}'
POSTHOG_SUCCESS = b'{"status": 1}'
NO_FLAGS = b'{"flags": {}, "featureFlags": {}, "featureFlagPayloads": {}, "errorsWhileComputingFlags": false}'

MESSAGES = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a"}
BATCHES = {"batch": "batch", "b": "batch", "import": "import"}
NO_OPERATION = "m"  # where analytics-next reports on itself
POSTHOG_PATHS = ("/batch", "/capture", "/e", "/i/v0/e", "/track", "/engage")
FLAG_PATHS = ("/flags", "/decide")
CAPTURE_PATH = "/i/v1/analytics/events"
PIXEL_KINDS = {"/pixel/v1": ("track", "page"), "/v1/pixel": tuple(MESSAGES)}
PROBES = ("/healthz", "/readyz", "/metrics")


class Take(Enum):
    """What a POST route takes."""

    MESSAGE = auto()
    BATCH = auto()
    BEACON = auto()
    POSTHOG = auto()
    NOTHING = auto()


class Give(Enum):
    """What a GET route gives."""

    PROBE = auto()
    PIXEL = auto()
    SEGMENT_SETTINGS = auto()
    RUDDER_SETTINGS = auto()
    POSTHOG_CONFIG = auto()
    POSTHOG_CONFIG_SCRIPT = auto()
    SEGMENT_SNIPPET = auto()
    SEGMENT_BUNDLE = auto()
    TRACKER = auto()
    DESCRIPTION = auto()


class Route(NamedTuple):
    """A POST route: the name that its spool records carry, what it takes, and what it answers (empty: each event's
    own result).

    `posthog` routes speak PostHog's dialect of errors: its clients never come again after 429.
    """

    name: str
    take: Take
    answer: bytes = SEGMENT_SUCCESS
    posthog: bool = False


class Found(NamedTuple):
    """A GET route and what its path names: a write key, a token, a file, a kind of message; or nothing."""

    give: Give
    part: str = ""


def _segment_routes() -> dict[str, Route]:
    named = {name: Route(name, Take.MESSAGE) for name in MESSAGES}
    named |= {short: named[name] for name, short in MESSAGES.items()}
    named |= {word: Route(name, Take.BATCH) for word, name in BATCHES.items()}
    named[NO_OPERATION] = Route(NO_OPERATION, Take.NOTHING)
    return {f"/v1/{word}": route for word, route in named.items()} | {"/beacon/v1/batch": Route("batch", Take.BEACON)}


def _posthog_routes() -> dict[str, Route]:
    events = Route("posthog", Take.POSTHOG, POSTHOG_SUCCESS, posthog=True)
    flags = Route("flags", Take.NOTHING, NO_FLAGS, posthog=True)
    capture = Route("posthog", Take.POSTHOG, b"", posthog=True)
    return dict.fromkeys(POSTHOG_PATHS, events) | dict.fromkeys(FLAG_PATHS, flags) | {CAPTURE_PATH: capture}


def _both_spellings(routes: dict[str, Route]) -> dict[str, Route]:
    return {f"{path}{slash}": route for path, route in routes.items() for slash in ("", "/")}


ROUTES = _both_spellings(_segment_routes() | _posthog_routes())
"""What can be posted to, each path with and without a slash at the end."""

_exact = {
    **{path: Found(Give.PROBE, path) for path in PROBES},
    **{f"{root}/{kind}": Found(Give.PIXEL, kind) for root, kinds in PIXEL_KINDS.items() for kind in kinds},
    "/sourceConfig": Found(Give.RUDDER_SETTINGS),
    "/sourceConfig/": Found(Give.RUDDER_SETTINGS),
    "/t.js": Found(Give.TRACKER),
    "/openapi.json": Found(Give.DESCRIPTION),
}
_patterns = {
    "/v1/projects/{write_key}/settings": Give.SEGMENT_SETTINGS,
    "/array/{token}/config": Give.POSTHOG_CONFIG,
    "/array/{token}/config.js": Give.POSTHOG_CONFIG_SCRIPT,
    "/analytics.js/v1/{write_key}/analytics.min.js": Give.SEGMENT_SNIPPET,
    "/analytics-next/bundles/{file}": Give.SEGMENT_BUNDLE,
}
_compiled = tuple(
    (re.compile(re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(path))), give) for path, give in _patterns.items()
)


def find(path: str) -> Found | None:
    """The GET route at a path."""
    if (found := _exact.get(path)) is not None:
        return found
    for pattern, give in _compiled:
        if match := pattern.fullmatch(path):
            return Found(give, match.group(1))
    return None


def is_collected(path: str) -> bool:
    """Whether a path is the collector's, where it shares a port with pages; the probes are then the pages' own."""
    return path.startswith("/v1/") or path in ROUTES or (path not in PROBES and find(path) is not None)


def templates() -> dict[str, str]:
    """Every path as OpenAPI writes it, without a slash at the end, to its method: POST or GET (with HEAD)."""
    posts = {path: "POST" for path in ROUTES if not path.endswith("/")}
    gets = {path: "GET" for path in [*_exact, *_patterns] if not path.endswith("/")}
    return posts | gets
