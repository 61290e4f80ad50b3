import pytest
from hypothesis import given
from hypothesis import strategies as st

from digi.files.ranges import Part, Unsatisfiable, parse


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=0-99", Part(0, 100)),
        ("bytes=10-19", Part(10, 10)),
        ("bytes=90-", Part(90, 10)),
        ("bytes=90-500", Part(90, 10)),
        ("bytes=-1", Part(99, 1)),
        ("bytes=-500", Part(0, 100)),
        ("bytes= 5-6 ", Part(5, 2)),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("pages=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٠-٩", None),
    ],
)
def test_parse_reads_one_range_and_ignores_what_it_may(header, part):
    assert parse(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_parse_refuses_what_lies_behind_the_end(header):
    with pytest.raises(Unsatisfiable):
        parse(header, 100)


@given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,20}-\d{0,20}", fullmatch=True), st.integers(0, 10**12))
def test_parse_never_leaves_the_file(header, size):
    try:
        part = parse(header, size)
    except Unsatisfiable:
        return

    assert part is None or (0 <= part.start < size and 0 < part.length <= size - part.start)
