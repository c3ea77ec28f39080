"""The targets of the hunts stand what was found before, what hunts begin with, and what Hypothesis makes of that."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.cases import CASES
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

LONGEST = 8 * 1024  # bytes of a seed that is changed
# Marks that lead into the corners of several formats at once.
MARKS = [
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\n\n", b"--b\n", b"=?utf-7?q?+?=", b"<!--", b"<![CDATA[",
    b"</p>", b'"', b"\\",    b"PK\x01\x02", b"\x1f\x8b", b"\nFrom ", b"[[[[", b"{{{{", b"((((", b"\xe2\x80\xae",
    b"\x1b]0;", b"~9", b"*", b"date:..",
]  # fmt: skip
RELAXED = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(("target", "data"), CASES.values(), ids=CASES.keys())
def test_what_was_found_is_stood(target: str, data: bytes) -> None:
    TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_stands_its_seeds(target: str) -> None:
    made = list(seeds(target))

    assert made
    for seed in made:
        TARGETS[target](seed)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_stands_changed_seeds(target: str) -> None:
    begun = [seed[:LONGEST] for seed in seeds(target)]

    @RELAXED
    @given(
        st.sampled_from(begun),
        st.lists(
            st.tuples(st.floats(0, 1), st.one_of(st.sampled_from(MARKS), st.binary(max_size=8)), st.integers(0, 200)),
            max_size=6,
        ),
    )
    def stands(seed: bytes, changes: list[tuple[float, bytes, int]]) -> None:
        for place, put, gone in changes:
            at = int(place * len(seed))
            seed = seed[:at] + put + seed[at + gone :]
        TARGETS[target](seed)

    stands()
