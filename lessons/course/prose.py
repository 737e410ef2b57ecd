"""Markdown to HTML, with terms in the look of their things."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from .mistakes import Wrong, unknown
from .terms import Term, terms

TERM = re.compile(r"\{term=([^}\s]*)\}")


@cache
def markdown() -> MarkdownIt:
    made = (
        MarkdownIt("commonmark", {"typographer": True})
        .enable(["replacements", "smartquotes", "table"])
        .use(front_matter_plugin)
        .use(colon_fence_plugin)
        .use(attrs_plugin, spans=True, allowed=["class", "term"])
        .use(attrs_block_plugin, allowed=["class", "id"])
    )
    made.core.ruler.push("terms", _dress_terms)
    made.add_render_rule("fence", _code)
    return made


def render(tokens: Sequence[Token]) -> SafeString:
    html: str = markdown().renderer.render(tokens, markdown().options, {})
    return mark_safe(html)  # made by us from the lesson's file


def block(text: str) -> SafeString:
    """A text field of a directive, in paragraphs."""
    return mark_safe(markdown().render(text))


def inline(text: str) -> SafeString:
    """The same within a line."""
    return mark_safe(markdown().renderInline(text))


def check_terms(text: str) -> None:
    """Raises Wrong if the text uses a term that there is not."""
    for key in TERM.findall(text):
        if key not in terms():
            raise unknown("term", key, terms())


def _dress_terms(state: StateCore) -> None:
    known: Mapping[str, Term] = terms()
    for token in state.tokens:
        opened: list[Token | None] = []
        for child in token.children or ():
            if child.type == "span_open":
                is_term = "term" in child.attrs
                opened.append(child if is_term else None)
                if is_term:
                    _dress(child, known)
            elif child.type == "span_close" and opened and opened.pop():
                child.tag = "button"


def _dress(span: Token, known: Mapping[str, Term]) -> None:
    """A button: whoever cannot hover can press it, and is told what the word means."""
    term = known.get(str(span.attrs["term"]))
    if term is None:
        raise Wrong(f"there is no term `{span.attrs['term']}`", "Add it to terms.yaml.")
    span.tag = "button"
    span.attrs = {"type": "button", "class": f"term look-{term.look}", "data-term": term.key}
    if term.points_at:
        span.attrs["data-points-at"] = term.points_at


def _code(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A block of code that can be scrolled by keyboard, too."""
    fence = tokens[index]
    text = escape(fence.content)
    return (
        f'<pre tabindex="0" role="region" aria-label="Code"><code class="{fence.info}">'
        f"{text}</code></pre>\n"
    )
