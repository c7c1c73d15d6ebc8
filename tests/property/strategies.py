"""What project files and versions may look like, and what they should not."""

from __future__ import annotations

from hypothesis import Phase, settings
from hypothesis import strategies as st

# For tests that start a shell: a batch is one example, and to shrink one would start shells for minutes.
BATCHED = settings(max_examples=4, phases=[Phase.explicit, Phase.generate])


def _weighted(*weights: tuple[int, st.SearchStrategy[bytes]]) -> st.SearchStrategy[bytes]:
    """One of the strategies, each as often as its weight says."""
    return st.sampled_from([strategy for weight, strategy in weights for _ in range(weight)]).flatmap(lambda strategy: strategy)


_BLANKS = st.sampled_from([b"", b"", b" ", b"\t", b"\r", b"  ", b" \t\r"])
_NOT_BLANKS = st.sampled_from([b"\x0b", b"\x0c", b"\xc2\xa0", b"\xe2\x80\xa8", b"\x85", b"\0", b"\xef\xbb\xbf", b"\\"])
_NASTY = st.sampled_from(b"# \\ \xff\xfe \xc5\xbf \xc3\xa9 \xc3 \xe2\x80 \xd9\xa1 / .. - $(id) ` * ' \" % ~ :".split())
_PARTS = st.sampled_from([b"3", b".", b"12", b"shop", b"a", b"Z", b"-", b"_", b"t", b"rc1", b"-dev", b"system", b"envs", b"python-", b"9.1"])
_GOOD = st.sampled_from([b"3.12.1", b"3.12", b"shop", b"python-3.12", b"pypy3.10-7.3", b"a" * 64, b"a" * 65, b"7" * 128, b"x" * 129, b"3.x"])
_PLAIN = st.lists(_PARTS, min_size=1, max_size=5).map(b"".join)
_ODD = st.lists(_weighted((2, _PARTS), (1, _NASTY), (1, st.binary(min_size=1, max_size=2))), min_size=1, max_size=4).map(b"".join)
_WORDS = _weighted((4, _GOOD), (4, _PLAIN), (1, _ODD))
_COMMENTS = st.tuples(_BLANKS, st.just(b"#"), st.binary(max_size=6)).map(b"".join)
_LINES = _weighted(
    (6, st.tuples(_BLANKS, _WORDS, _BLANKS).map(b"".join)),
    (2, st.tuples(_BLANKS, _WORDS, st.sampled_from([b" ", b"\t", b"\r", b" \r"]), _ODD).map(b"".join)),
    (1, st.tuples(_NOT_BLANKS, _WORDS).map(b"".join)),
    (1, st.tuples(_WORDS, _NOT_BLANKS).map(b"".join)),
    (2, _COMMENTS),
    (1, _BLANKS),
)
_ENDS = st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n"])
_TEXTS = st.lists(st.tuples(_LINES, _ENDS).map(b"".join), max_size=3).map(b"".join)
# Around the limit of 4096 bytes, in characters of one to four bytes.
_LONG = st.builds(
    lambda head, letter, size: (head + letter * 4100)[:size],
    st.sampled_from([b"shop\n#", b"shop\n", b"#", b"", b"\n", b"3.12.1 "]),
    st.sampled_from([b"x", b"\n", b" ", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xf0\x9f\x90\x93", b"\xff", b"# x\n"]),
    st.sampled_from([1023, 1024, 1025, 4094, 4095, 4096, 4097, 4098, 5000]),
)
FILES = _weighted((4, _TEXTS), (4, st.tuples(_TEXTS, _LINES).map(b"".join)), (1, st.binary(max_size=12)), (1, _LONG))

_FIELDS = st.one_of(
    st.integers(0, 30).map(str), st.sampled_from(["0", "00", "07", "7", "1a", "a", "B", "b", "rc1", "rc2", "t", "1t", "_", "x10", "99999999999999999999"])
)
_HEADS = st.sampled_from(["3", "3.1", "3.12", "3.12", "3.12.1", "pypy3.12", "miniconda3", "x", "python"])
VERSIONS = st.builds(
    lambda head, fields, tail: (head + "".join(fields) + tail)[:128],
    _HEADS,
    st.lists(st.tuples(st.sampled_from([".", "-", ".", "_", ""]), _FIELDS).map("".join), max_size=3),
    st.sampled_from(["", "", "", "t", "-dev", "rc1", "a2", "b3", "-src", "-latest", ".", "-"]),
)
REQUESTS = st.one_of(_HEADS, _HEADS.map(lambda head: head + "t"), VERSIONS)
# Directories in versions/ that no request may mean.
ODD_NAMES = st.sampled_from(["3.12.9 old", "3.12.9\u00e9", "3.12.\u0669", ".3.12", "-3.12", "3.12.*", "3.12.9\n", "_"])
# What people and other tools write into a version file.
_SPELLED = st.sampled_from(
    [
        "python",
        "cpython-",
        "pypy@",
        "v",
        "3",
        ".",
        "12",
        "2.7",
        ".*",
        ".x",
        "3.12.1",
        ">=",
        "<",
        "~=",
        "~",
        "^",
        "!=",
        "==",
        ",",
        " ",
        "#",
        '"',
        "latest",
        "-dev",
        "rc1",
        "t",
    ]
)
SPELLINGS = st.lists(_SPELLED, max_size=9).map(lambda parts: "".join(parts).encode())
