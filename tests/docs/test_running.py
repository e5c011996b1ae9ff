"""What runs the documentation notices when a page is not true: otherwise its silence would mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import blocks
from tests.docs.running import NotAsWritten, run_page


def run(text: str, folder: Path) -> None:
    run_page("page.md", blocks(text.replace("~~~", "```")), folder, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("~~~sh\necho one\n~~~\n\n~~~output\ntwo\n~~~\n", "page.md:1: printed\none\n--- and not\ntwo"),
        ("Words.\n\n~~~sh\nfalse\n~~~\n", "page.md:3: ended with 1, not 0"),
        ("~~~sh\nfalse\ntrue\n~~~\n", "page.md:1: ended with 1, not 0"),
        ("<!-- ends with 1 -->\n~~~sh\ntrue\n~~~\n", "page.md:2: ended with 0, not 1"),
        ("<!-- ends with 1 -->\n\nWords between.\n\n~~~sh\nfalse\n~~~\n", "page.md:5: ended with 1, not 0"),
        ("~~~python\nprint(1)\n~~~\n\n~~~output\n2\n~~~\n", "page.md:1: printed\n1\n--- and not\n2"),
        ("~~~python\nimport nothing_of_this_name\n~~~\n", "page.md:1: ModuleNotFoundError"),
        ("~~~python\nimport warnings\nwarnings.warn('x')\n~~~\n", "page.md:1: UserWarning"),
        ("~~~yaml\na: b\n~~~\n", "page.md:1: a block of “yaml” is neither run nor a file; mark it"),
        ("~~~console\n$ ls\n~~~\n", "page.md:1: a block of “console” is neither run nor a file; mark it"),
        ("~~~\nls\n~~~\n", "page.md:1: a block of “” is neither run nor a file; mark it"),
        ("~~~output\nalone\n~~~\n", "page.md:1: a block of “output” is neither run nor a file; mark it"),
        ("<!-- file: a -->\n~~~yaml\na\n~~~\n\n<!-- file: a -->\n~~~diff\n-b\n+c\n~~~\n", "a has the lines of this change 0 times"),
        ("~~~sh\necho a; echo b\n~~~\n\n~~~output\na\n…\nc\n~~~\n", "page.md:1: printed"),
    ],
)  # fmt: skip
def test_a_block_that_is_not_as_written_fails_where_it_stands(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(NotAsWritten) as raised:
        run(text, tmp_path)
    assert said in str(raised.value)


def test_files_are_written_and_changed_and_seen_by_the_commands_after_them(tmp_path: Path) -> None:
    run(
        "<!-- file: a/b.yaml -->\n~~~yaml\none: 1\ntwo: 2\n\nthree: 3\n~~~\n"
        "<!-- file: a/b.yaml -->\n~~~diff\n one: 1\n-two: 2\n+two: zwei\n\n three: 3\n~~~\n"
        "~~~sh\ncat a/b.yaml\n~~~\n~~~output\none: 1\n…\nthree: 3\n~~~\n"
        "<!-- not run: shown only -->\n~~~sh\nexit 3\n~~~\n",
        tmp_path,
    )
    assert (tmp_path / "a" / "b.yaml").read_text() == "one: 1\ntwo: zwei\n\nthree: 3\n"
