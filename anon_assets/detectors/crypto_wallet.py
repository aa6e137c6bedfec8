"""Addresses of crypto-currency wallets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["CryptoWallet"]

_BASE58 = r"[13DLMTX][1-9A-Za-z]{24,34}"  # Bitcoin, Litecoin, Dogecoin, Tron, Dash
_BECH32 = r"(?:bc|ltc)1[0-9a-z]{20,}|BC1[0-9A-Z]{20,}"
_ETHEREUM = r"0x[0-9a-fA-F]{40}"
_ROUNDS = 24
_LANES = (1 << 64) - 1
_CHECKSUMS = {1, 0x2BC830A3}  # bech32 of BIP-173, bech32m of BIP-350


class CryptoWallet(Detector):
    """An address of Bitcoin and its kin (Base58Check, bech32, bech32m) or of an Ethereum account.

    Their checksums leave one random text in four thousand million (Bitcoin) or in a few hundred to a few thousand
    million (Ethereum in mixed case, EIP-55). An Ethereum address in one case has no checksum: its prefix and exact
    length speak for it. A transaction hash is longer, a digest has no prefix.
    """

    title: ClassVar[str] = "Crypto-currency wallet address"
    taxonomy = ("HIPAA: account numbers", "GDPR art. 4(1): online identifier", "BIP-173, EIP-55")
    identifying = True
    patterns = (_BASE58, _BECH32, _ETHEREUM)
    needs = "[0-9A-Za-z]{20}"
    chance = 0.001
    in_text = True
    tokens: ClassVar[Words] = {
        "en": ("wallet address", "crypto wallet", "bitcoin address", "btc address", "btc wallet", "eth address",
               "eth wallet", "ethereum address", "crypto address", "blockchain address", "wallet addr", "bitcoin",
               "payout wallet", "deposit wallet"),
        "de": ("wallet adresse", "bitcoin adresse", "krypto adresse", "ethereum adresse"),
        "fr": ("adresse bitcoin", "adresse ethereum", "portefeuille crypto", "adresse de portefeuille"),
        "es": ("dirección bitcoin", "billetera", "monedero", "dirección ethereum"),
        "it": ("indirizzo bitcoin", "indirizzo wallet", "portafoglio crypto"),
        "pt": ("endereço bitcoin", "carteira cripto", "endereço da carteira"),
        "nl": ("bitcoin adres", "wallet adres", "ethereum adres"),
        "pl": ("adres bitcoin", "adres portfela", "portfel krypto"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("wallet",),
        "de": ("wallet",),
        "fr": ("wallet", "portefeuille"),
        "es": ("wallet", "cartera"),
        "it": ("wallet", "portafoglio"),
        "pt": ("wallet", "carteira"),
        "nl": ("wallet", "portemonnee"),
        "pl": ("wallet", "portfel"),
    }
    negative = frozenset({
        "amount", "balance", "contract", "currency", "fee", "network", "provider", "price", "rate", "saldo",
        "transaction", "tx", "volume",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xde709f2102306220921060314715629080e2fb77",
    )
    counterexamples = (
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "0x0000000000000000000000000000000000000000",
    )
    proposes: ClassVar[tuple[Any, ...]] = ({"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Base58Check, bech32 or bech32m, or EIP-55 where an Ethereum address mixes cases; the zero address is none."""
        return [_valid(value) for value in values]


def _valid(value: str) -> bool:
    if value.startswith("0x"):
        return _is_ethereum(value[2:])
    if value[:4].casefold().startswith(("bc1", "ltc1")) and (value.islower() or value.isupper()):
        return _is_bech32(value.lower())
    return _is_base58(value)


def _is_base58(value: str) -> bool:
    from stdnum import bitcoin

    try:
        raw: bytes = bitcoin.b58decode(value)
    except ValueError:
        return False
    return len(raw) == 25 and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _is_bech32(value: str) -> bool:
    from stdnum import bitcoin

    human, _, data = value.rpartition("1")
    places = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".find(letter) for letter in data]
    if min(places, default=-1) < 0:
        return False
    expanded = [*(ord(letter) >> 5 for letter in human), 0, *(ord(letter) & 31 for letter in human)]
    return bitcoin.bech32_checksum([*expanded, *places]) in _CHECKSUMS


def _is_ethereum(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    if digits in {digits.lower(), digits.upper()}:
        return True
    letters = zip(digits, _keccak_256(digits.lower().encode()).hex(), strict=False)
    return all(not letter.isalpha() or letter.isupper() == (int(sign, 16) > 7) for letter, sign in letters)


def _keccak_256(message: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it, of at most 135 bytes (one block). hashlib's SHA-3 pads with another byte."""
    block = bytearray(message + b"\x01" + bytes(135 - len(message)))
    block[135] |= 0x80
    lanes = [int.from_bytes(block[at : at + 8], "little") for at in range(0, 136, 8)] + [0] * 8
    register = 1
    for _ in range(_ROUNDS):
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]  # theta
        turned = [parity[x - 1] ^ _turn(parity[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ turned[place % 5] for place, lane in enumerate(lanes)]
        x, y, carried = 1, 0, lanes[1]  # rho and pi
        for step in range(_ROUNDS):
            x, y = y, (2 * x + 3 * y) % 5
            carried, lanes[x + 5 * y] = lanes[x + 5 * y], _turn(carried, (step + 1) * (step + 2) // 2)
        for row in range(0, 25, 5):  # chi
            five = lanes[row : row + 5]
            for x in range(5):
                lanes[row + x] = five[x] ^ (~five[(x + 1) % 5] & five[(x + 2) % 5] & _LANES)
        for bit in range(7):  # iota
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
            if register & 2:
                lanes[0] ^= 1 << ((1 << bit) - 1)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _turn(lane: int, by: int) -> int:
    by %= 64
    return ((lane << by) | (lane >> (64 - by))) & _LANES
