"""Template filters for the text fields of lessons."""

from django import template
from django.utils.safestring import SafeString

from ..course import prose

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as paragraphs."""
    return prose.block(text)


@register.filter
def markdown_line(text: str) -> SafeString:
    """Markdown without a paragraph around it."""
    return prose.inline(text)
