"""What a browser is sent is the same program without its comments."""

import pytest

from webapp.comments import NoJavaScript, without_comments


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        (b"// why\nconst a = 1; // what\n", b"\nconst a = 1;\n"),
        (b"/** what\n * why\n */\nrun();\n", b"\n\n\nrun();\n"),
        (b"return_/* x */(1);\n", b"return_ (1);\n"),
        (b"const url = 'http://here'; // there\n", b"const url = 'http://here';\n"),
        (
            b"const s = `${a /* b */} // c ${`//${d}`}`;\n",
            b"const s = `${a  } // c ${`//${d}`}`;\n",
        ),
        (b"const r = /\\/\\/[/*]/; /* z */ go(r);\n", b"const r = /\\/\\/[/*]/;   go(r);\n"),
        (b"const plain = `a  \n  b`; // c\n", b"const plain = `a  \n  b`;\n"),
    ],
)
def test_only_comments_go_and_lines_keep_their_numbers(source: bytes, sent: bytes) -> None:
    assert without_comments(source) == sent
    assert sent.count(b"\n") == source.count(b"\n")


def test_what_is_no_javascript_is_not_guessed_at() -> None:
    with pytest.raises(NoJavaScript):
        without_comments(b"const = ;")
