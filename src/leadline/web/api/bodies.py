"""What callers send."""

from ninja import Schema
from pydantic import ConfigDict


class Body(Schema):
    """A request's JSON object. A field that no call knows is refused: a misspelt one must not be taken for none."""

    model_config = ConfigDict(extra="forbid")
