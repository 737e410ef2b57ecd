"""What is drawn in a terminal."""

import io

import segno


def qr_code(text: str) -> str:
    """A QR code of half-height blocks, which a phone reads from the screen, and an empty line."""
    drawing = io.StringIO()
    segno.make(text, error="m").terminal(drawing, compact=True)
    return f"{drawing.getvalue()}\n"
