"""Sends with segment-analytics-python: `python segment_python.py JOB`."""

import json
import sys

from calls import numbers
from segment.analytics.client import Client

job = json.loads(sys.argv[1])
given_up, called = [], 0


def note(_, batch):
    """The client drops these."""
    given_up.extend(message["messageId"] for message in batch)


client = Client(job["key"], host=job["host"], on_error=note, **job["options"])


def call(n):
    """One call, of another kind each time."""
    who = f"person-{n % 7}"
    if n % 5 == 1:
        client.identify(who, {"n": n, "email": f"{who}@firm.example"})
    elif n % 5 == 2:
        client.page(who, None, "Pricing", {"n": n})
    elif n % 5 == 3:
        client.group(who, "firm", {"n": n, "employees": 38})
    else:
        client.track(who, "Tool Used", {"n": n, "tool": "calculator", "completed": True})


for n in numbers(job):
    try:
        call(n)
    except Exception as error:  # noqa: BLE001  # in sync mode the caller hears of any failure
        given_up.append(f"{n}: {type(error).__name__}")
    called += 1
if not job["options"].get("sync_mode"):
    client.flush()
    client.join()
sys.stdout.write(json.dumps({"called": called, "given_up": given_up}) + "\n")
