"""Sends with posthog: `python posthog_python.py JOB`."""

import json
import sys
import uuid

from calls import numbers
from posthog import Posthog

job = json.loads(sys.argv[1])
given_up, called = [], 0


def note(_, batch):
    """The client drops these."""
    given_up.extend(message["uuid"] for message in batch)


client = Posthog(job["key"], host=job["host"], on_error=note, **job["options"])
for n in numbers(job):
    who = f"person-{n % 7}"
    if n % 5 == 1:
        client.set(distinct_id=who, properties={"n": n, "email": f"{who}@firm.example"}, uuid=str(uuid.uuid4()))
    elif n % 5 == 2:
        client.capture("$pageview", distinct_id=who, properties={"n": n, "$current_url": "https://firm.example/"})
    else:
        properties = {"n": n, "tool": "calculator", "completed": True}
        client.capture("Tool Used", distinct_id=who, properties=properties)
    called += 1
client.flush()
client.shutdown()
sys.stdout.write(json.dumps({"called": called, "given_up": given_up}) + "\n")
