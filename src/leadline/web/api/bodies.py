"""What callers send."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The number of something in the record store; one that no database takes is refused at the door."""


class Body(Schema):
    """A request's JSON object. A field that no call knows is refused: a misspelt one must not be taken for none."""

    model_config = ConfigDict(extra="forbid")
