"""Addresses of crypto-currency wallets."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.crypto_wallet import CryptoWallet, _keccak_256
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(CryptoWallet(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [CryptoWallet()]).get("crypto_wallet", 0)


# BIP-173 and BIP-350 test vectors, EIP-55 test vectors, and published examples of Base58Check.
PUBLISHED = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77",
]  # fmt: skip


def test_published_addresses_are_recognised() -> None:
    assert all(accepted(*PUBLISHED))


def test_one_changed_letter_is_noticed() -> None:
    changed = [address[:-1] + ("3" if address[-1] != "3" else "4") for address in PUBLISHED[:6]]
    assert not any(accepted(*changed))
    assert not any(accepted(*(address[:2] + address[2:].swapcase() for address in PUBLISHED[6:10])))


def test_keccak_is_that_of_ethereum() -> None:
    assert _keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert _keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


def test_random_texts_of_the_shape_never_pass() -> None:
    random.seed(1)
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    assert not any(accepted(*("1" + "".join(random.choices(letters, k=33)) for _ in range(2_000))))
    assert not any(accepted(*("bc1q" + "".join(random.choices("qpzry9x8gf2tvdw0", k=38)) for _ in range(2_000))))
    mixed = ("0xaB" + "".join(random.choices("0123456789abcdefABCDEF", k=38)) for _ in range(2_000))
    assert not any(accepted(*mixed))


def test_digests_and_transactions_type_no_column(found: Found) -> None:
    random.seed(2)
    columns = {
        "sha1": [f"{random.getrandbits(160):040x}" for _ in range(50)],
        "tx": [f"0x{random.getrandbits(256):064x}" for _ in range(50)],
        "c3": [f"0x{random.getrandbits(32):08x}" for _ in range(50)],
        "c4": [f"1{random.getrandbits(120):030x}" for _ in range(50)],
    }
    assert set(found(columns).values()) == {""}


def test_addresses_type_a_column_whatever_its_name(found: Found) -> None:
    random.seed(3)
    ether = [f"0x{random.getrandbits(160):040x}" for _ in range(30)]
    assert found({"c1": ether, "city": ether}) == {"c1": "crypto_wallet", "city": "crypto_wallet"}


def test_names(found: Found) -> None:
    names = ("btc_address", "walletAddress", "indirizzo_bitcoin", "wallet", "wallet_balance", "wallet_provider")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "crypto_wallet"] == list(names[:4])


def test_in_text() -> None:
    assert in_text(*(f"send it to {address}, please" for address in PUBLISHED)) == len(PUBLISHED)
    assert in_text(f"x{PUBLISHED[0]}", f"0x{'a1' * 32} mined", "commit da39a3ee5e6b4b0d3255bfef95601890afd80709") == 0
