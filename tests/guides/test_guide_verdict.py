"""The verdict is simple arithmetic, and hard to be surely wrong: weak, thin and missing evidence lowers it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.guides.run import Sign
from noc_console.guides.verdict import HIGH_FROM, ONE_SIGN_AT_MOST, weighed


def sign(step: str, blames: str = "", out: str = "", weight: float = 0.6, second: str = "") -> Sign:
    return Sign(
        step=step,
        blames=(blames,) if blames else (),
        secondary=(second,) if second else (),
        rules_out=(out,) if out else (),
        weight=weight,
    )


def test_two_signs_that_agree_are_high() -> None:
    verdict = weighed((sign("a", "encoder"), sign("b", "encoder")))
    assert [cause.name for cause in verdict.primary] == ["encoder"]
    assert verdict.confidence == pytest.approx(0.84)
    assert verdict.level == "high"


def test_one_sign_alone_is_never_high_however_sure_it_is() -> None:
    verdict = weighed((sign("a", "encoder", weight=1.0), sign("a", "encoder", weight=0.9)))
    assert verdict.confidence == ONE_SIGN_AT_MOST
    assert verdict.level == "medium"


def test_a_sign_against_makes_it_low() -> None:
    verdict = weighed((sign("a", "encoder"), sign("b", "encoder"), sign("c", out="encoder")))
    assert verdict.confidence == pytest.approx(0.336)
    assert verdict.level == "low"


def test_missing_evidence_takes_its_part() -> None:
    signs = (sign("a", "encoder"), sign("b", "encoder"))
    assert weighed(signs, missing_share=0.5).confidence == pytest.approx(0.63)
    assert weighed(signs, missing_share=1.0).confidence == pytest.approx(0.42)


def test_a_rival_lowers_it_and_is_named_second() -> None:
    verdict = weighed((sign("a", "encoder", weight=0.7), sign("b", "network"), sign("c", "encoder", weight=0.5)))
    assert [cause.name for cause in verdict.secondary] == ["network"]
    assert verdict.confidence == pytest.approx(0.85 * 0.7)


def test_a_cause_only_hinted_at_is_never_primary() -> None:
    verdict = weighed((sign("a", second="source", weight=0.9), sign("b", second="source", weight=0.9)))
    assert verdict.primary == ()
    assert verdict.confidence == 0
    assert [cause.name for cause in verdict.secondary] == ["source"]


def test_nothing_known_is_undetermined() -> None:
    verdict = weighed(())
    assert (verdict.primary, verdict.confidence, verdict.level) == ((), 0.0, "low")


causes = st.sampled_from(["source", "encoder", "network", "cdn"])
signs = st.builds(
    Sign,
    step=st.sampled_from("abcdef"),
    blames=st.lists(causes, max_size=2, unique=True).map(tuple),
    secondary=st.lists(causes, max_size=1).map(tuple),
    rules_out=st.lists(causes, max_size=2, unique=True).map(tuple),
    weight=st.floats(0.05, 1.0),
)
many = st.lists(signs, max_size=8).map(tuple)


@given(many, st.floats(0, 1), causes)
def test_evidence_against_or_missing_never_raises_confidence_in_a_cause(
    some: tuple[Sign, ...], share: float, cause: str
) -> None:
    before = weighed(some)
    against = weighed((*some, sign("z", out=cause)), share)
    names = [one.name for one in before.primary]
    if names == [cause] and [one.name for one in against.primary] == [cause]:
        assert against.confidence <= before.confidence + 1e-9
    assert weighed(some, share).confidence <= before.confidence + 1e-9


@given(many)
def test_high_needs_two_steps_that_agree_and_no_strong_rival(some: tuple[Sign, ...]) -> None:
    verdict = weighed(some)
    assert 0 <= verdict.confidence <= 1
    if verdict.confidence >= HIGH_FROM:
        [primary] = verdict.primary
        assert len({one.step for one in primary.signs}) >= 2
        assert primary.speaks_against <= 0.2
        assert all(other.rest <= 0.4 for other in verdict.secondary)
