"""Payment card numbers."""

from __future__ import annotations

import random

import pyarrow as pa

from anon_assets.detectors.payment_card import PaymentCard
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

# Test numbers that card networks and processors publish for trials.
PUBLISHED = [
    "378282246310005", "371449635398431", "30569309025904", "38520000023237", "6011111111111117", "6011000990139424",
    "3530111333300000", "3566002020360505", "5555555555554444", "5105105105105100", "4111111111111111",
    "4012888888881881",
    "4222222222222", "2223003122003222", "6759649826438453",
]  # fmt: skip


def test_published_trial_numbers_are_recognised() -> None:
    assert recognised(PaymentCard(), pa.array(PUBLISHED), "t")[1].all()


def test_one_changed_digit_is_noticed() -> None:
    changed = [number[:-1] + str((int(number[-1]) + 1) % 10) for number in PUBLISHED]
    assert not recognised(PaymentCard(), pa.array(changed), "t")[1].any()


def test_one_random_number_in_ten_passes() -> None:
    random.seed(4)
    values = sorted({f"4{random.randrange(10**15):015d}" for _ in range(3_000)})
    share = recognised(PaymentCard(), pa.array(values), "t")[1].mean()
    assert 0.08 < share < 0.12


def test_numbers_inside_longer_numbers_are_left_alone() -> None:
    assert text_hits(
        pa.array(["ref 94111111111111111", "x4111111111111111y", "4111111111111111"]), [PaymentCard()]
    ) == {"payment_card": 1}
