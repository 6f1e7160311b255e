"""Which items are drawn out of the pools: no database, every case that the draw promises."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.draw import PINNED_BONUS, Pick, draw, share_slots
from catalog.pools import Candidate, Facts


def candidate(
    item_id: int, *, weight: float = 0.5, maker: str = "", decade: int = 200, theme: bool = False
) -> Candidate:
    return Candidate(weight, item_id, 2.0, "reviews", Facts(frozenset({maker} - {""}), decade, theme))


def draw_from(
    pools: dict[tuple[str, bool], list[Candidate]],
    wanted: dict[str, float],
    *,
    count: int = 3,
    seed: str | None = "",
    avoid: frozenset[str] = frozenset(),
) -> list[Pick]:
    return draw(
        wanted,
        lambda tag, is_known: pools.get((tag, is_known), []),
        count=count,
        seed=seed,
        avoid=avoid,
    )


def full_pools() -> dict[tuple[str, bool], list[Candidate]]:
    """Twenty items for each of two tags, well-known or not; ids tell tag and renown."""
    return {
        (tag, is_known): [candidate(1_000 * place + number, decade=number % 4) for number in range(20)]
        for place, (tag, is_known) in enumerate([("sad", True), ("sad", False), ("joy", True), ("joy", False)])
    }


@given(
    wanted=st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 1), min_size=1),
    count=st.integers(1, 9),
    seed=st.integers(),
)
def test_share_slots_is_proportional_and_begins_with_the_most_wanted(
    wanted: dict[str, float], count: int, seed: int
) -> None:
    slots = share_slots(wanted, count, random.Random(seed))  # noqa: S311 - variety, not secrecy
    assert len(slots) == count
    assert wanted[slots[0]] == max(wanted.values())
    total = sum(wanted.values())
    for tag, places in Counter(slots[1:]).items():
        assert places <= count * wanted[tag] / total + 1


def test_draw_shares_the_places_by_what_is_wanted() -> None:
    wanted = {"sad": 2 / 3, "joy": 1 / 3}
    for seed in range(20):
        picks = draw_from(full_pools(), wanted, seed=str(seed))
        assert Counter(pick.tag for pick in picks) == {"sad": 2, "joy": 1}
        assert picks[0].tag == "sad"


def test_draw_mixes_well_known_and_less_known() -> None:
    picks = draw_from(full_pools(), {"sad": 1.0})
    assert [pick.item_id // 1_000 for pick in picks] == [0, 1, 0]


def test_draw_takes_the_other_kind_where_one_is_empty() -> None:
    pools = {("sad", False): [candidate(number) for number in range(5)]}
    assert len(draw_from(pools, {"sad": 1.0})) == 3


def test_draw_takes_the_next_feeling_where_the_first_has_nothing_left() -> None:
    pools = {("sad", True): [candidate(1)], ("joy", True): [candidate(2), candidate(3)]}
    picks = draw_from(pools, {"sad": 0.9, "joy": 0.1})
    assert [pick.tag for pick in picks] == ["sad", "joy", "joy"]
    assert len(draw_from(pools, {"sad": 1.0})) == 1


@pytest.mark.parametrize("seed", range(10))
def test_draw_never_two_by_one_maker(seed: int) -> None:
    both = Candidate(0.9, 99, 2.0, "reviews", Facts(frozenset({"bong", "park"}), 200, False))
    pool = [both, *(candidate(number, maker="bong") for number in range(9)), candidate(50, maker="park")]
    picks = draw_from({("sad", True): pool}, {"sad": 1.0}, seed=str(seed))
    assert len(picks) == (1 if 99 in {pick.item_id for pick in picks} else 2)


def test_draw_nameless_makers_are_no_group() -> None:
    assert len(draw_from({("sad", True): [candidate(number) for number in range(3)]}, {"sad": 1.0})) == 3


def test_draw_prefers_another_decade() -> None:
    pool = [candidate(number, decade=199 if number % 2 else 200) for number in range(40)]
    mixed = 0
    for seed in range(200):
        picks = draw_from({("sad", True): pool}, {"sad": 1.0}, count=2, seed=str(seed))
        mixed += picks[0].item_id % 2 != picks[1].item_id % 2
    assert mixed > 140  # evenly drawn: 100; a same decade at a quarter of its weight: 160


def test_draw_pinned_first() -> None:
    pool = [*(candidate(number, weight=0.99) for number in range(100)), candidate(500, weight=PINNED_BONUS + 0.01)]
    for seed in range(20):
        assert draw_from({("sad", True): pool}, {"sad": 1.0}, seed=str(seed))[0].item_id == 500


def test_draw_leaves_suicide_themes_out() -> None:
    pools = {("sad", True): [candidate(1, theme=True), candidate(2)]}
    assert {pick.item_id for pick in draw_from(pools, {"sad": 1.0})} == {2}


def test_draw_same_seed_same_items_other_seed_others() -> None:
    wanted = {"sad": 0.6, "joy": 0.4}
    assert draw_from(full_pools(), wanted, seed="a") == draw_from(full_pools(), wanted, seed="a")
    assert len({tuple(draw_from(full_pools(), wanted, seed=str(seed))) for seed in range(20)}) > 15


def test_draw_without_a_seed_is_fresh() -> None:
    wanted = {"sad": 0.6, "joy": 0.4}
    assert len({tuple(draw_from(full_pools(), wanted, seed=None)) for _ in range(20)}) > 15


def test_draw_none_by_a_maker_to_avoid() -> None:
    pools = {("sad", True): [candidate(1, maker="kim"), candidate(2, maker="lee")]}
    [pick] = draw_from(pools, {"sad": 1.0}, avoid=frozenset({"kim"}))
    assert (pick.item_id, pick.makers) == (2, {"lee"})


def test_draw_nothing_wanted_or_nothing_there() -> None:
    assert draw_from(full_pools(), {}) == []
    assert draw_from({}, {"sad": 1.0}) == []
