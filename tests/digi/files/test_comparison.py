"""What examiners find changed between two texts."""

import time

import pytest

from digi.errors import TooLarge
from digi.files.services import examination


def test_compare_finds_words_in_sentences_and_the_pages_they_stand_on():
    before = "Ropes are long. They are made of hemp.\fNobody knows why."
    after = "Ropes are long. They are mostly made of\nnylon.\fNobody knows why. Somebody should."

    found = examination.compare(before=before, after=after)

    assert found == {
        "changes": [
            {
                "before_page": 1,
                "after_page": 1,
                "pieces": [
                    ["same", "They are"],
                    ["new", "mostly"],
                    ["same", "made of"],
                    ["old", "hemp."],
                    ["new", "nylon."],
                ],
            },
            {"before_page": 2, "after_page": 2, "pieces": [["new", "Somebody should."]]},
        ],
        "words": {"before": 11, "after": 14},
    }


def test_compare_is_not_disturbed_by_line_breaks_hyphens_and_page_breaks():
    before = "A sentence that is written over several lines, and a divided word."
    after = "A sentence that\nis written over seve-\nral lines, and a divi-\nded word."

    assert examination.compare(before=before, after=after)["changes"] == []


def test_compare_of_nothing_with_something():
    found = examination.compare(before="", after="Hello.")

    assert found["changes"] == [{"before_page": 1, "after_page": 1, "pieces": [["new", "Hello."]]}]


def test_compare_of_long_texts_takes_seconds_at_most():
    words = [f"word{number % 977} sentence{number} goes on." for number in range(20_000)]
    changed = [f"{text[:-1]} differently." if number % 40 == 0 else text for number, text in enumerate(words)]
    began = time.thread_time()

    found = examination.compare(before=" ".join(words), after=" ".join(changed))

    assert len(found["changes"]) == 500
    assert time.thread_time() - began < 10


def test_compare_gives_up_where_everything_differs():
    before = " ".join(f"Point {number}. Old{number}." for number in range(2100))
    after = " ".join(f"Point {number}. New{number}." for number in range(2100))

    with pytest.raises(TooLarge) as raised:
        examination.compare(before=before, after=after)

    assert (raised.value.code, raised.value.extra) == ("too_many_changes", {"limit": 2000})
