"""Conditions are decided by Kleene's three-valued logic; what is not known is never 0."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.guides.answers import Answer
from noc_console.guides.conditions import All, Any, Condition, Known, Not, Term, decide, names_in

# a is 1, b is 0, nothing is known of u
ANSWERS = {"a": Answer(1.0), "b": Answer(0.0), "u": Answer(None, "not measured")}
TRUE, FALSE, UNKNOWN = Term("a", "==", 1.0), Term("b", "==", 1.0), Term("u", "==", 1.0)


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (TRUE, TRUE, True, True),
        (TRUE, FALSE, False, True),
        (TRUE, UNKNOWN, None, True),
        (FALSE, FALSE, False, False),
        (FALSE, UNKNOWN, False, None),
        (UNKNOWN, UNKNOWN, None, None),
    ],
)
def test_the_tables_of_kleene(first: Term, second: Term, both: bool | None, either: bool | None) -> None:
    for parts in ((first, second), (second, first)):
        assert decide(All(parts), ANSWERS).holds is both
        assert decide(Any(parts), ANSWERS).holds is either


@pytest.mark.parametrize(("part", "other"), [(TRUE, False), (FALSE, True), (UNKNOWN, None)])
def test_not_leaves_the_unknown_unknown(part: Term, other: bool | None) -> None:
    assert decide(Not(part), ANSWERS).holds is other


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
def test_no_operator_takes_the_unknown_for_a_number(operator: str) -> None:
    assert decide(Term("u", operator, 0.0), ANSWERS).holds is None
    assert decide(Term("never_asked", operator, 0.0), ANSWERS).holds is None
    assert decide(Term("a", operator, "u"), ANSWERS).holds is None


def test_known_is_never_unknown() -> None:
    assert decide(Known("a"), ANSWERS).holds is True
    assert decide(Known("u"), ANSWERS).holds is False


def test_a_decision_tells_the_comparisons_that_made_it() -> None:
    decision = decide(All((TRUE, FALSE, UNKNOWN)), ANSWERS)
    assert [(term.text, term.value, term.holds) for term in decision.terms] == [("b == 1", 0.0, False)]
    unknown = decide(Any((FALSE, UNKNOWN)), ANSWERS)
    assert [term.name for term in unknown.terms] == ["u"]


leaf = st.builds(
    Term,
    st.sampled_from("abcdu"),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.sampled_from([0.0, 1.0, 2.0]),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaf | st.builds(Known, st.sampled_from("abcdu")),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=8,
)
values = st.fixed_dictionaries({name: st.sampled_from([0.0, 1.0, 2.0, None]) for name in "abcdu"})


def answered(values: dict[str, float | None]) -> dict[str, Answer]:
    return {name: Answer(value) for name, value in values.items()}


@given(conditions, values, values)
def test_what_is_decided_in_spite_of_the_unknown_stays_so_whatever_it_turns_out_to_be(
    condition: Condition, some: dict[str, float | None], later: dict[str, float | None]
) -> None:
    before = decide(condition, answered(some)).holds
    filled = {name: later[name] if value is None else value for name, value in some.items()}
    if before is not None and not _asks_whether_known(condition):
        assert decide(condition, answered(filled)).holds is before


def _asks_whether_known(condition: Condition) -> bool:
    match condition:
        case Known():
            return True
        case Not(part):
            return _asks_whether_known(part)
        case All(parts) | Any(parts):
            return any(_asks_whether_known(part) for part in parts)
    return False


@given(st.lists(conditions, min_size=1, max_size=4).map(tuple), values)
def test_de_morgan_holds_with_three_values(parts: tuple[Condition, ...], some: dict[str, float | None]) -> None:
    answers = answered(some)
    turned = Any(tuple(Not(part) for part in parts))
    assert decide(Not(All(parts)), answers).holds is decide(turned, answers).holds
    assert set(names_in(turned)) == set(names_in(All(parts)))
