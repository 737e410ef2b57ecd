"""Markdown to HTML. A term becomes a button that looks like the thing it names."""

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

from ..language.mistakes import InvalidValue, unknown
from .terms import Term, terms

TERM = re.compile(r"\{term=([^}\s]*)\}")


@cache
def markdown() -> MarkdownIt:
    parser = (
        MarkdownIt("commonmark", {"typographer": True})
        .enable(["replacements", "smartquotes", "table"])
        .use(front_matter_plugin)
        .use(colon_fence_plugin)
        .use(attrs_plugin, spans=True, allowed=["class", "term"])
        .use(attrs_block_plugin, allowed=["class", "id"])
    )
    parser.core.ruler.push("terms", _render_terms)
    parser.add_render_rule("fence", _code)
    return parser


def render(tokens: Sequence[Token]) -> SafeString:
    html: str = markdown().renderer.render(tokens, markdown().options, {})
    return mark_safe(html)  # the renderer escapes the text of the lesson


def block(text: str) -> SafeString:
    """A text field of a directive, as paragraphs."""
    return mark_safe(markdown().render(text))


def inline(text: str) -> SafeString:
    """A text field of a directive, without a paragraph around it."""
    return mark_safe(markdown().renderInline(text))


def check_terms(text: str) -> None:
    """Raises InvalidValue if the text uses an unknown term."""
    for key in TERM.findall(text):
        if key not in terms():
            raise unknown("term", key, terms())


def _render_terms(state: StateCore) -> None:
    """Turn each span with a `term` attribute into a button."""
    known: Mapping[str, Term] = terms()
    for token in state.tokens:
        open_spans: list[bool] = []  # for each: is it a term?
        for child in token.children or ():
            if child.type == "span_open":
                is_term = "term" in child.attrs
                open_spans.append(is_term)
                if is_term:
                    _make_button(child, known)
            elif child.type == "span_close" and open_spans and open_spans.pop():
                child.tag = "button"


def _make_button(span: Token, known: Mapping[str, Term]) -> None:
    """A button, so that its meaning can be read without a mouse, too."""
    term = known.get(str(span.attrs["term"]))
    if term is None:
        raise InvalidValue(f"there is no term `{span.attrs['term']}`", "Add it to terms.yaml.")
    span.tag = "button"
    span.attrs = {"type": "button", "class": f"term look-{term.look}", "data-term": term.key}
    if term.points_at:
        span.attrs["data-points-at"] = term.points_at


def _code(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A block of code that can be scrolled with the keyboard."""
    fence = tokens[index]
    text = escape(fence.content)
    return (
        f'<pre tabindex="0" role="region" aria-label="Code"><code class="{fence.info}">'
        f"{text}</code></pre>\n"
    )
