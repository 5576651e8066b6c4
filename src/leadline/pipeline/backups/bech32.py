"""Bech32 (BIP 173): how the age format writes a key as text."""

LETTERS = "qpzry9x8gf2tvdw0" + "s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM_LENGTH = 6


def encode(prefix: str, content: bytes) -> str:
    """Bytes as text with a prefix and a checksum, in small letters."""
    values = _groups_of_five(content)
    return f"{prefix}1{''.join(LETTERS[value] for value in values + _checksum(prefix, values))}"


def _groups_of_five(content: bytes) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in content)
    return [int(bits[start : start + 5].ljust(5, "0"), 2) for start in range(0, len(bits), 5)]


def _checksum(prefix: str, values: list[int]) -> list[int]:
    spread = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    rest = _polymod(spread + values + [0] * CHECKSUM_LENGTH) ^ 1
    return [(rest >> 5 * (CHECKSUM_LENGTH - 1 - place)) & 31 for place in range(CHECKSUM_LENGTH)]


def _polymod(values: list[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate(GENERATOR):
            rest ^= factor if (top >> place) & 1 else 0
    return rest
