from __future__ import annotations

import traceback

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given, settings
from hypothesis import strategies as st

from anon_assets.crypto import feistel
from anon_assets.crypto.ff1 import FF1, SMALLEST_DOMAIN
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed

KEY = bytes(range(32))


def number(numerals: list[int], radix: int) -> int:
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


def string(value: int, radix: int, length: int) -> list[int]:
    numerals = []
    for _ in range(length):
        value, numeral = divmod(value, radix)
        numerals.insert(0, numeral)
    return numerals


def reference(key: bytes, radix: int, tweak: bytes, numerals: list[int]) -> list[int]:
    """Algorithm 7 of SP 800-38G, step by step, in whole numbers of Python."""
    encryptor = Cipher(AES(key), ECB()).encryptor()

    def ciph(block: bytes) -> bytes:
        return encryptor.update(block)

    def xor(one: bytes, other: bytes) -> bytes:
        return bytes(a ^ b for a, b in zip(one, other, strict=True))

    n, t = len(numerals), len(tweak)
    u = n // 2
    v = n - u
    left, right = numerals[:u], numerals[u:]
    bits = 0
    while 2**bits < radix**v:
        bits += 1
    b = (bits + 7) // 8
    d = 4 * ((b + 3) // 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")
    for i in range(10):
        q = tweak + bytes((-t - b - 1) % 16) + bytes([i]) + number(right, radix).to_bytes(b, "big")
        r = bytes(16)
        for start in range(0, len(p + q), 16):
            r = ciph(xor(r, (p + q)[start : start + 16]))
        s = r
        for j in range(1, -(-d // 16)):
            s += ciph(xor(r, j.to_bytes(16, "big")))
        y = int.from_bytes(s[:d], "big")
        m = v if i % 2 else u
        left, right = right, string((number(left, radix) + y) % radix**m, radix, m)
    return left + right


# the shapes where the code takes another way: bytes of a half (b) at 4, 5, 8, 9, 12, 16 and 32; moduli on both sides of
# 2**32, 2**34, 2**63 and 2**64; halves beyond one block of numerals; numerals of one to sixteen bits
SHAPES = [
    (10, 6), (10, 7), (10, 16), (10, 19), (10, 20), (10, 36), (10, 38), (10, 76), (10, 77), (2, 20), (2, 64), (2, 65), (2, 66),
    (2, 67), (2, 68), (2, 69), (2, 126), (2, 127), (2, 128), (2, 129), (2, 192), (2, 256), (2, 257), (2, 512), (3, 41), (7, 23),
    (16, 32), (36, 25), (62, 100), (255, 16), (256, 15), (256, 16), (256, 17), (257, 3), (1000, 2), (1000, 42), (40_000, 13),
    (65_535, 7), (65_536, 2), (65_536, 3), (65_536, 4), (65_536, 5), (65_536, 7), (65_536, 8), (65_536, 100), (65_521, 101),
    (2, 1_100), (10, 1_100), (60_000, 700),
]  # fmt: skip


@pytest.mark.parametrize(("radix", "length"), SHAPES)
def test_columns_equal_the_standard_step_by_step(radix: int, length: int) -> None:
    random = np.random.default_rng(radix * length)
    plain = random.integers(0, radix, (4, length))
    plain[0], plain[1] = 0, radix - 1
    plain = plain.astype(np.uint16)
    key = random.bytes(int(random.choice([16, 24, 32])))
    tweak = random.bytes(int(random.integers(0, 50)))
    cipher = FF1(Sealed(key), radix, tweak=tweak)
    secret = cipher.encrypt(plain)
    assert secret.dtype == np.uint16 and secret.flags.c_contiguous
    assert secret.tolist() == [reference(key, radix, tweak, row.tolist()) for row in plain]
    assert cipher.decrypt(secret).tolist() == plain.tolist()


@given(st.data())
@settings(max_examples=60)
def test_columns_equal_the_standard_for_any_parameters(data: st.DataObject) -> None:
    key = data.draw(st.binary(min_size=32, max_size=32))[: data.draw(st.sampled_from([16, 24, 32]))]
    radix = data.draw(st.one_of(st.integers(2, 40), st.integers(2, 2**16)))
    length = data.draw(st.integers(2, 90))
    rows = data.draw(st.integers(1, 3))
    numeral = st.one_of(st.integers(0, radix - 1), st.sampled_from([0, radix - 1]))
    plain = np.array(
        data.draw(st.lists(st.lists(numeral, min_size=length, max_size=length), min_size=rows, max_size=rows))
    )
    tweaks = np.frombuffer(data.draw(st.binary(min_size=rows * 17, max_size=rows * 17)), np.uint8).reshape(rows, 17)
    tweaks = tweaks[:, : data.draw(st.integers(0, 17))]
    cipher = FF1(Sealed(key), radix, domain_check=False)
    secret = cipher.encrypt(plain.astype(np.uint16), tweaks)
    expected = [reference(key, radix, tweak.tobytes(), row.tolist()) for row, tweak in zip(plain, tweaks, strict=True)]
    assert secret.tolist() == expected
    assert cipher.decrypt(secret, tweaks).tolist() == plain.tolist()


@pytest.mark.parametrize(("radix", "length"), [(2, 2), (2, 5), (10, 2), (10, 3), (37, 2), (5, 5)])
def test_small_domains_are_permuted_where_they_are_let_through(radix: int, length: int) -> None:
    plain = np.array([string(value, radix, length) for value in range(radix**length)], np.uint8)
    cipher = FF1(Sealed(KEY), radix, domain_check=False)
    secret = cipher.encrypt(plain)
    assert sorted(number(row, radix) for row in secret.tolist()) == list(range(radix**length))
    assert (cipher.decrypt(secret) == plain).all()


@pytest.mark.parametrize(("radix", "length"), [(10, 16), (10, 50)])
def test_rows_do_not_depend_on_those_beside_them(radix: int, length: int) -> None:
    plain = np.random.default_rng(1).integers(0, radix, (20_000, length)).astype(np.uint8)
    tweaks = np.arange(20_000 * 3, dtype=np.uint32).astype(np.uint8).reshape(-1, 3)
    cipher = FF1(Sealed(KEY), radix, tweak=b"one")
    whole, varied = cipher.encrypt(plain), cipher.encrypt(plain, tweaks)
    assert (cipher.encrypt(plain[8_000:8_300]) == whole[8_000:8_300]).all()
    assert (cipher.encrypt(plain[8_000:8_300], tweaks[8_000:8_300]) == varied[8_000:8_300]).all()
    assert (cipher.encrypt(plain[::7]) == whole[::7]).all()
    assert (cipher.decrypt(whole) == plain).all() and (cipher.decrypt(varied, tweaks) == plain).all()
    assert len(np.unique(whole, axis=0)) == len(np.unique(plain, axis=0))


def test_any_unsigned_type_gives_the_same_and_is_left_as_it_was() -> None:
    plain = np.random.default_rng(1).integers(0, 10, (50, 16)).astype(np.uint8)
    kept = plain.copy()
    cipher = FF1(Sealed(KEY), 10)
    expected = cipher.encrypt(plain)
    assert (plain == kept).all()
    for kind in (np.uint16, np.uint32, np.uint64):
        assert (cipher.encrypt(np.asfortranarray(plain.astype(kind))) == expected).all()
    assert cipher.encrypt(plain[:0]).shape == (0, 16)
    assert cipher.encrypt(plain[:0], np.zeros((0, 4), np.uint8)).shape == (0, 16)


def test_key_radix_length_and_tweak_each_matter() -> None:
    plain = np.zeros((1, 16), np.uint8)
    results = [
        FF1(Sealed(KEY), 10).encrypt(plain),
        FF1(Sealed(KEY[::-1]), 10).encrypt(plain),
        FF1(Sealed(KEY[:16]), 10).encrypt(plain),
        FF1(Sealed(KEY), 11).encrypt(plain),
        FF1(Sealed(KEY), 10, tweak=b"\0").encrypt(plain),
        FF1(Sealed(KEY), 10, tweak=b"\0\0").encrypt(plain),
        FF1(Sealed(KEY), 10).encrypt(np.zeros((1, 17), np.uint8))[:, :16],
    ]
    assert len({result.tobytes() for result in results}) == len(results)
    same = FF1(Sealed(KEY), 10, tweak=b"\0").encrypt(plain)
    assert (FF1(Sealed(KEY), 10).encrypt(plain, np.zeros((1, 1), np.uint8)) == same).all()


@pytest.mark.parametrize(("radix", "length"), [(10, 16), (10, 7), (2, 125), (2, 126), (65_536, 5)])
def test_pairs_are_the_halves_of_numeral_strings(radix: int, length: int) -> None:
    random = np.random.default_rng(length)
    plain = random.integers(0, radix, (9_000, length)).astype(np.uint16)
    u = length // 2
    weights = [[radix**place for place in range(size - 1, -1, -1)] for size in (u, length - u)]
    a, b = (
        (half.astype(np.uint64) * np.array(weight, np.uint64)).sum(axis=1, dtype=np.uint64)
        for half, weight in zip((plain[:, :u], plain[:, u:]), weights, strict=True)
    )
    cipher = FF1(Sealed(KEY), radix, tweak=b"t")
    kept = a.copy(), b.copy()
    secret_a, secret_b = cipher.encrypt_pairs(a, b, length)
    secret = cipher.encrypt(plain)
    assert [string(int(n), radix, u) for n in secret_a[:50]] == secret[:50, :u].tolist()
    assert [string(int(n), radix, length - u) for n in secret_b[-50:]] == secret[-50:, u:].tolist()
    assert (a == kept[0]).all() and (b == kept[1]).all()
    back = cipher.decrypt_pairs(secret_a, secret_b, length)
    assert (back[0] == a).all() and (back[1] == b).all()
    tweaks = np.full((len(a), 1), ord("t"), np.uint8)
    assert (FF1(Sealed(KEY), radix).encrypt_pairs(a, b, length, tweaks)[0] == secret_a).all()


def test_a_small_domain_is_refused_with_the_alternative() -> None:
    for radix, length in [(10, 5), (2, 19), (999, 2), (36, 3)]:
        with pytest.raises(TransformError, match=r"too small.*Permutation"):
            FF1(Sealed(KEY), radix).encrypt(np.zeros((1, length), np.uint8))
        with pytest.raises(TransformError, match=r"too small.*Permutation"):
            FF1(Sealed(KEY), radix).encrypt_pairs(np.zeros(1, np.uint64), np.zeros(1, np.uint64), length)
    for radix, length in [(10, 6), (2, 20), (1_000, 2)]:
        assert radix**length >= SMALLEST_DOMAIN
        FF1(Sealed(KEY), radix).encrypt(np.zeros((1, length), np.uint8))


WORD = np.zeros(3, np.uint64)


@pytest.mark.parametrize(
    ("radix", "call", "message"),
    [
        (1, lambda cipher: None, "radix of 1"),
        (65_537, lambda cipher: None, "radix of 65537"),
        (10, lambda cipher: cipher.encrypt(np.zeros((3, 16))), "float64"),
        (10, lambda cipher: cipher.encrypt(np.zeros((3, 16), np.int64)), "int64"),
        (10, lambda cipher: cipher.encrypt(np.zeros(16, np.uint8)), "1 dimensions"),
        (10, lambda cipher: cipher.encrypt(np.zeros((3, 1), np.uint8)), "strings of 1 numerals"),
        (10, lambda cipher: cipher.encrypt(np.zeros((3, 0), np.uint8)), "strings of 0 numerals"),
        (10, lambda cipher: cipher.encrypt_pairs(WORD, WORD, 2**32), "strings of 4294967296 numerals"),
        (10, lambda cipher: cipher.decrypt(np.array([[7] * 8, [123] * 8, [9] * 7 + [77]], np.uint8)), "2 of 3 values"),
        (10, lambda cipher: cipher.encrypt(np.zeros((3, 8), np.uint8), np.zeros((2, 4), np.uint8)), "tweaks"),
        (10, lambda cipher: cipher.encrypt(np.zeros((3, 8), np.uint8), np.zeros((3, 4), np.uint16)), "tweaks"),
        (10, lambda cipher: cipher.encrypt_pairs(WORD + np.uint64(1_000), WORD, 7), "3 halves"),
        (10, lambda cipher: cipher.decrypt_pairs(WORD, WORD + np.uint64(10_000), 7), "3 halves"),
        (10, lambda cipher: cipher.encrypt_pairs(WORD, WORD, 38), "beyond 2\\*\\*63"),
        (10, lambda cipher: cipher.encrypt_pairs(WORD, WORD[:2], 8), "two columns"),
        (10, lambda cipher: cipher.encrypt_pairs(WORD.astype(np.int64), WORD, 8), "two columns"),
    ],
)
def test_refusals_count_and_show_no_value(radix: int, call, message: str) -> None:
    with pytest.raises(TransformError, match=message) as caught:
        call(FF1(Sealed(KEY), radix))
    shown = "".join(traceback.format_exception_only(caught.value))
    assert "123" not in shown and "77" not in shown and KEY.hex() not in shown


@pytest.mark.parametrize("size", [0, 15, 17, 33])
def test_keys_of_other_lengths_are_refused(size: int) -> None:
    with pytest.raises(TransformError, match=f"this one {size}"):
        FF1(Sealed(bytes(size)), 10)


def test_a_cipher_shows_no_key() -> None:
    assert repr(FF1(Sealed(KEY), 10)) == "FF1(radix 10)"


def test_bytes_of_a_half_are_counted_in_whole_numbers() -> None:
    """Logarithms in floating point miss these: the radix is a power of two, or the half one short of one."""
    assert [feistel.Shape.of(2, 2 * bits).b for bits in (8, 9, 64, 65, 4_096, 4_097)] == [1, 2, 8, 9, 512, 513]
    assert feistel.Shape.of(65_536, 65_536).b == 65_536
    assert feistel.Shape.of(65_535, 2 * 32_768).b == 65_536
