"""Keyed digests: how personal values are found."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leadline.privacy.fields import lookup_hasher
from leadline.privacy.lookup import DIGEST_BYTES, LookupHasher

KEY = b"k" * 32


def test_a_digest_depends_on_the_key_the_kind_and_the_value() -> None:
    digests = {
        LookupHasher(key).digest(kind, value) for key in (KEY, b"x" * 32) for kind in ("a", "b") for value in ("1", "2")
    }
    assert len(digests) == 8
    assert {len(digest) for digest in digests} == {DIGEST_BYTES}


def test_a_message_key_depends_on_the_source() -> None:
    hasher = LookupHasher(KEY)
    keys = {hasher.message_key(source, text) for source in (1, 2, 12) for text in ("a", "2a", "")}
    assert len(keys) == 9
    assert all(0 <= key < 2**128 for key in keys)


@hypothesis_settings(deadline=None)  # shared cores
@given(st.text(alphabet=st.characters()), st.text())
def test_digests_are_the_same_whenever_they_are_made(value: str, other: str) -> None:
    hasher = LookupHasher(KEY)
    hasher.message_key(1, other)
    assert hasher.message_key(1, value) == LookupHasher(KEY).message_key(1, value)
    assert hasher.digest("email", value) == LookupHasher(KEY).digest("email", value)


def test_a_lone_surrogate_has_a_digest() -> None:
    assert LookupHasher(KEY).digest("email", "\ud800")
    assert LookupHasher(KEY).message_key(1, "\ud800")


def test_digests_stay_when_a_newer_key_is_put_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(django_settings.DATA, Path)
    try:
        digests = []
        for keys in ("aa" * 32, "bb" * 32 + " " + "aa" * 32, "bb" * 32):
            monkeypatch.setenv("LEADLINE_SECRET_KEYS", keys)
            lookup_hasher.cache_clear()
            digests.append(lookup_hasher().digest("email", "jane@acme.example"))
        assert digests[0] == digests[1] != digests[2]
    finally:
        lookup_hasher.cache_clear()
