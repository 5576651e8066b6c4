"""Sealed values: what opens them, and what does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.encryption import FieldCipher, key_id
from leadline.tracking.models import Lead, QuarantinedMessage

OLD, NEW = b"o" * 32, b"n" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@settings(deadline=None)  # shared cores
@given(st.binary(), st.binary(max_size=20))
def test_what_was_sealed_opens(plain: bytes, context: bytes) -> None:
    cipher = FieldCipher([OLD])
    assert cipher.open(cipher.seal(plain, context), context) == plain


def test_the_same_value_is_sealed_differently_each_time() -> None:
    cipher = FieldCipher([OLD])
    assert cipher.seal(b"a") != cipher.seal(b"a")


def test_a_wrong_key_is_named_as_missing() -> None:
    with pytest.raises(ConfigurationError, match="key that is not here"):
        FieldCipher([NEW]).open(FieldCipher([OLD]).seal(b"a"))


@settings(deadline=None)  # shared cores
@given(st.integers(0, 40), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    sealed = bytearray(FieldCipher([OLD]).seal(b"some value"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(ConfigurationError):
        FieldCipher([OLD]).open(bytes(sealed))


@pytest.mark.parametrize("length", range(40))
def test_a_cut_value_is_noticed(length: int) -> None:
    with pytest.raises(ConfigurationError):
        FieldCipher([OLD]).open(FieldCipher([OLD]).seal(b"some longer value")[:length])


def test_a_value_opens_only_as_the_field_it_was_sealed_for() -> None:
    sealed = FieldCipher([OLD]).seal(b"a", b"lead.card")
    with pytest.raises(ConfigurationError, match="changed"):
        FieldCipher([OLD]).open(sealed, b"profile.traits")


def test_after_a_rotation_the_newest_key_seals_and_the_old_one_still_opens() -> None:
    before = FieldCipher([OLD]).seal(b"a")
    rotated = FieldCipher([NEW, OLD])
    assert rotated.open(before) == b"a"
    assert rotated.seal(b"a").startswith(key_id(NEW))
    assert FieldCipher([NEW]).open(rotated.seal(b"a")) == b"a"


def test_a_cipher_needs_a_key() -> None:
    with pytest.raises(ConfigurationError, match="no key"):
        FieldCipher([])


@settings(deadline=None)  # shared cores
@given(JSON)
def test_a_model_field_gives_back_the_json_it_got(value: object) -> None:
    field = QuarantinedMessage._meta.get_field("body")
    sealed = field.get_prep_value(value)
    assert field.from_db_value(sealed, None, None) == value
    if value is not None:
        with pytest.raises(ConfigurationError):
            Lead._meta.get_field("card").from_db_value(sealed, None, None)
