"""The surprise map's arithmetic."""

import pytest

from nacomp.gui.logic.surprise_map import BIN_EDGES, GUESSES, SurpriseMap, Token, parse_surprise_map
from nacomp.operations import surprise_map as surprise

TOKENS = [Token("The", 8.0, 3), Token(" cat", 2.0, 4, ((" dog", 0.5),)), Token("é\n", 14.0, 3)]


def test_sums_over_the_text() -> None:
    shown = SurpriseMap("t", TOKENS)
    assert shown.text == "The caté\n"
    assert (shown.bits, shown.size) == (24.0, 10)
    assert shown.bits_per_byte == pytest.approx(2.4)


def test_every_character_belongs_to_its_token() -> None:
    shown = SurpriseMap("t", TOKENS)
    assert [shown.at(position) for position in range(10)] == [0, 0, 0, 1, 1, 1, 1, 2, 2, None]
    assert [shown.start(number) for number in range(3)] == [0, 3, 7]


def test_empty_pieces_do_not_shift_positions() -> None:
    shown = SurpriseMap("t", [Token("a", 1, 1), Token("", 9, 1), Token("b", 1, 1)])
    assert [shown.at(0), shown.at(1)] == [0, 2]


def test_histogram_counts_every_token_once() -> None:
    shown = SurpriseMap("t", [*TOKENS, Token("x", 99.0, 1), Token("y", 0.0, 1)])
    counts = shown.histogram()
    assert sum(counts) == 5
    assert len(counts) == len(BIN_EDGES) + 1
    assert counts[-1] == 1
    assert counts[0] == 1


def test_running_cost_of_an_even_text_is_flat() -> None:
    shown = SurpriseMap("t", [Token("ab", 3.0, 2)] * 500)
    points = shown.running(50)
    assert len(points) == 50
    assert all(value == pytest.approx(1.5) for _, value in points)
    assert [place for place, _ in points] == sorted(place for place, _ in points)


def test_running_cost_sees_where_the_surprise_is() -> None:
    shown = SurpriseMap("t", [Token("ab", 0.0, 2)] * 500 + [Token("ab", 10.0, 2)] * 500)
    points = shown.running(20)
    assert points[2][1] == 0.0
    assert points[-3][1] == pytest.approx(5.0)


def test_worker_answer_becomes_tokens() -> None:
    line = {"text": " a", "size": 2, "bits": 1.5, "top": [[" the", 0.25]]}
    found = parse_surprise_map("t", {"model_id": "tiny", "tokens": [line, line]})
    assert found.tokens == (Token(" a", 1.5, 2, ((" the", 0.25),)),) * 2
    assert found.model_id == "tiny"


def test_answer_without_tokens_is_an_error() -> None:
    with pytest.raises(ValueError, match="no tokens"):
        parse_surprise_map("t", {"model_id": "tiny", "tokens": []})


def test_the_page_keeps_room_for_all_guesses_of_the_worker() -> None:
    """The window repeats the number, because the worker's module loads numpy."""
    assert GUESSES == surprise.GUESSES
