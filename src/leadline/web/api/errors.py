"""Every error in one shape: {"code", "message", "detail"}."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from leadline.analytics.parameter_error import ParameterError
from leadline.kernel.errors import DocumentError, LeadlineError, NotFoundError
from leadline.pipeline.ruleset_commands import checked_fields
from leadline.pipeline.rulesets import ConfirmationNeededError, RulesetRefusedError
from leadline.tracking.scrub import without_people
from leadline.web.api.addresses import PersonInAddressError
from leadline.web.report_sight import NotYoursError

Told = tuple[int, str, str, Any]
"""Status, code, message, detail."""
STATUS: tuple[tuple[type[LeadlineError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (DocumentError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RulesetRefusedError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ParameterError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotYoursError, HTTPStatus.FORBIDDEN),
    (PersonInAddressError, HTTPStatus.BAD_REQUEST),
)
WHO_CALLS = "Send `Authorization: Bearer` with a token; an administrator makes one: leadline tokens create"


def register_errors(api: NinjaAPI) -> None:
    """Let the API tell all errors in the one shape."""
    for kind, tell in TELLING.items():
        api.add_exception_handler(kind, _answering(api, tell))


def status_of(error: LeadlineError) -> int:
    """400 for an address that names somebody, 404 for what is not there, 403 for what is not the caller's to ask, 422
    for a parameter that can't be read and a document that has faults or cannot be published, 503 where trying again
    can help, else 409."""
    if error.transient:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return next((status for kind, status in STATUS if isinstance(error, kind)), HTTPStatus.CONFLICT)


def _answering(api: NinjaAPI, tell: Callable[[Any], Told]) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: Any) -> HttpResponse:
        status, code, message, detail = tell(error)
        detail = without_people(detail) if isinstance(detail, str) else detail  # programs keep answers in logs
        told = {"code": code, "message": without_people(message), "detail": detail}
        return api.create_response(request, told, status=status)

    return answer


def _known(error: LeadlineError) -> Told:
    return status_of(error), error.code, error.message, error.advice


def _refused(error: RulesetRefusedError) -> Told:
    return status_of(error), error.code, error.message, checked_fields(error.checked)


def _unconfirmed(error: ConfirmationNeededError) -> Told:
    return status_of(error), error.code, error.message, {"advice": error.advice, **error.impact.as_dict()}


def _invalid(error: ValidationError) -> Told:
    detail = [{"at": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in error.errors]
    return HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", "This request is not as the description says.", detail


def _unknown_caller(_: AuthenticationError) -> Told:
    return HTTPStatus.UNAUTHORIZED, "unauthorized", "Who is calling?", WHO_CALLS


def _forbidden(error: PermissionDenied) -> Told:
    return HTTPStatus.FORBIDDEN, "forbidden", str(error) or "Your role does not use this.", ""


def _missing(error: Http404) -> Told:
    return HTTPStatus.NOT_FOUND, "not_found", str(error), ""


def _other(error: HttpError) -> Told:
    return error.status_code, "bad_request", str(error), ""


TELLING: dict[type[Exception], Callable[[Any], Told]] = {
    LeadlineError: _known,
    RulesetRefusedError: _refused,
    ConfirmationNeededError: _unconfirmed,
    ValidationError: _invalid,
    AuthenticationError: _unknown_caller,
    PermissionDenied: _forbidden,
    Http404: _missing,
    HttpError: _other,
}
