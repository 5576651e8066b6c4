"""The settings that browser clients fetch before they send, as small as they work with.

Nothing in them names another host, so that no client reports to its maker (verified with the clients themselves).
"""

from typing import Any

import msgspec

from leadline.tracking.collector.requests import Headers

POSTHOG_FEATURES_OFF = (
    "autocaptureExceptions capturePerformance captureDeadClicks conversations hasFeatureFlags heatmaps "
    "isAuthenticated productTours sessionRecording surveys"
).split()


def segment_settings(write_key: str, headers: Headers, scope: dict[str, Any]) -> dict[str, Any]:
    """What analytics-next fetches: where events go to, and that it measures nothing of itself.

    One integration and a sample rate of 0: with more it loads code from Segment, without the rate it reports there.
    """
    events = {"apiKey": write_key, "apiHost": f"{host(headers, scope)}/v1", "protocol": protocol(headers, scope)}
    return {"integrations": {"Segment.io": events}, "metrics": {"sampleRate": 0}}


def rudder_settings(source: int, name: str) -> dict[str, Any]:
    """What @rudderstack/analytics-js fetches: that the source is on, has no destinations, and reports no errors."""
    silent = {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}}
    about = {"id": str(source), "name": name, "enabled": True, "config": silent, "destinations": []}
    return {"source": about}


def posthog_config(token: str) -> dict[str, Any]:
    """What posthog-js fetches: events to /e/, compressed; no flags, recordings, surveys or captured clicks."""
    return {
        "token": token,
        "supportedCompression": ["gzip", "gzip-js", "base64"],
        "analytics": {"endpoint": "/e/"},
        "autocapture_opt_out": True,
        "defaultIdentifiedOnly": True,
        "siteApps": [],
    } | dict.fromkeys(POSTHOG_FEATURES_OFF, False)


def posthog_config_script(token: str) -> bytes:
    """The same as a script, which posthog-js prefers."""
    config = in_script(msgspec.json.encode({"config": posthog_config(token), "siteApps": []}))
    name = in_script(msgspec.json.encode(token))
    return b"(function(w){(w._POSTHOG_REMOTE_CONFIG=w._POSTHOG_REMOTE_CONFIG||{})[%b]=%b})(window);" % (name, config)


def in_script(encoded: bytes) -> bytes:
    """JSON that may stand in a script, also in one inside HTML."""
    return (
        encoded.replace(b"<", b"\\u003c").replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029")
    )


def host(headers: Headers, scope: dict[str, Any]) -> str:
    """The host and port that the client asked for."""
    if given := headers.get(b"host"):
        return given.decode("latin-1")
    name, port = scope.get("server") or ("localhost", None)
    return f"{name}:{port}" if port else str(name)


def protocol(headers: Headers, scope: dict[str, Any]) -> str:
    """http or https, as the client sees it: a proxy in front says so."""
    told = headers.get(b"x-forwarded-proto", b"").partition(b",")[0].strip().lower().decode("latin-1")
    return told if told in ("http", "https") else str(scope.get("scheme", "http"))
