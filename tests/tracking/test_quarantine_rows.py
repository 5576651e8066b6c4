"""An acknowledged message is kept in quarantine once, or the pipeline stops: nothing is lost without a word."""

from dataclasses import replace

import pytest
from django.db import IntegrityError

from leadline.tracking.models import QuarantinedMessage
from leadline.tracking.normalise import Rejection
from leadline.tracking.quarantine import quarantine

pytestmark = pytest.mark.django_db

REJECTION = Rejection(3, 0, 1_790_000_000_000_000, "no_identity", "Nobody.", "Quote Requested", b'{"event": "x"}')


def test_the_rejections_of_a_segment_are_kept_once_as_they_first_were() -> None:
    quarantine("seg-1", [REJECTION])
    quarantine("seg-1", [replace(REJECTION, reason="Another."), replace(REJECTION, position=4)])
    kept = list(QuarantinedMessage.objects.order_by("position").values_list("position", "reason"))
    assert kept == [(3, "Nobody."), (4, "Nobody.")]


def test_a_row_that_the_store_refuses_is_an_error_and_not_ignored() -> None:
    broken = replace(REJECTION, reason=None)
    with pytest.raises(IntegrityError):
        quarantine("seg-1", [broken])
