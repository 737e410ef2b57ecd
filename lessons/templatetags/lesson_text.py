"""Filters for the text fields of lessons."""

from django import template
from django.utils.safestring import SafeString

from .. import guesses, prose

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """In paragraphs."""
    return prose.block(text)


@register.filter
def markdown_line(text: str) -> SafeString:
    """Within a line."""
    return prose.inline(text)


@register.filter
def measured(value: object) -> str:
    """A measured value, without needless decimals."""
    return guesses.plain(value)
