"""The API with its errors in its description: every operation can answer them, in one shape."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

ERROR = {
    "type": "object",
    "required": ["code", "message", "detail"],
    "properties": {
        "code": {"type": "string", "description": "for programs; it does not change"},
        "message": {"type": "string", "description": "for people"},
        "detail": {"description": "what to do, or what exactly is wrong"},
    },
}
ERRORS = {
    "400": "The request can't be read, or its address names somebody",
    "401": "Who calls is not known",
    "403": "Their role, or their token, does not use this",
    "404": "Not there",
    "409": "Not as things stand; it says why",
    "415": "The body is not said to be application/json",
    "422": "Something given can't be right; it says what",
    "503": "Not now; try again",
}
"""What each status means (`errors.py`)."""


class DescribedAPI(NinjaAPI):
    """Tells in /api/openapi.json what every operation answers when it can't do as asked."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The description, errors included."""
        schema = super().get_openapi_schema(**given)
        schema["components"].setdefault("schemas", {})["Error"] = ERROR
        for operations in schema["paths"].values():
            for operation in operations.values():
                _describe(operation["responses"])
        return schema


def _describe(responses: dict[Any, Any]) -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    told = {str(status) for status in responses}
    for status, meaning in ERRORS.items():
        if status not in told:
            responses[status] = {"description": meaning, "content": content}
