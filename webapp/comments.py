"""Comments are for whoever reads the source; a browser is sent none."""

from collections.abc import Iterator

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_javascript.language()))


class NoJavaScript(ValueError):
    """It cannot be parsed."""


def without_comments(source: bytes) -> bytes:
    """The same program. Lines keep their numbers, so that an error names the source's line.

    A real grammar finds them: in templates and regular expressions `//` is no comment.
    Raises NoJavaScript.
    """
    root = _PARSER.parse(source).root_node
    if root.has_error:
        raise NoJavaScript
    kept, at = bytearray(), 0
    for comment in _comments(root):
        before, text = (
            source[at : comment.start_byte],
            source[comment.start_byte : comment.end_byte],
        )
        ends_line = source[comment.end_byte : comment.end_byte + 1] in (b"\n", b"")
        kept += before.rstrip(b" \t") if ends_line else before
        kept += b"\n" * text.count(b"\n") or (b"" if ends_line else b" ")
        at = comment.end_byte
    return bytes(kept) + source[at:]


def _comments(node: Node) -> Iterator[Node]:
    if node.type == "comment":
        yield node
    for child in node.children:
        yield from _comments(child)
