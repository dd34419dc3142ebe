"""Tips made of names: Qt takes a tip for rich text if it looks like some, and a name may look like anything."""

from html import escape


def plain_tip(text: str) -> str:
    """A tip that shows this text as it is, markup included."""
    return f'<p style="white-space:pre">{escape(text)}</p>' if "<" in text or "&" in text else text
