"""A surprise map as one HTML file: no script, no network, light or dark as the reader's system is."""

from html import escape

from nacomp.gui.core.surprise import SurpriseMap, Token, strength

STEPS = 16
"""Colour steps: more cannot be told apart, and classes keep the file a third as large as colours per token."""

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><meta name="viewport" content="width=device-width">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.75 system-ui, sans-serif; max-width: 52em; margin: 3em auto; padding: 0 1.2em; }}
p.facts {{ opacity: .75; }}
pre {{ font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }}
i {{ font-style: normal; border-radius: 3px; }}
{rules}
</style></head><body>
<h1>{title}</h1>
<p class="facts">{facts}</p>
<pre>"""


def _rules() -> str:
    shades = []
    for step in range(1, STEPS):
        part = step / (STEPS - 1)
        hue, alpha = round(45 - 38 * part), 0.12 + 0.6 * part
        shades.append(f".s{step}{{background:hsl({hue} 95% 55%/{alpha:.2f})}}")
    return "\n".join(shades)


def _span(token: Token) -> str:
    step = round(strength(token.bits) * (STEPS - 1))
    tip = f"{token.bits:.2f} bits"
    if token.guesses:
        tip += "; expected " + ", ".join(f"{text!r} {100 * chance:.0f}%" for text, chance in token.guesses)
    return f'<i class="s{step}" title="{escape(tip)}">{escape(token.text)}</i>'


def map_html(shown: SurpriseMap) -> str:
    """The whole page."""
    facts = (
        f"{shown.size:,} bytes in {len(shown.tokens):,} tokens cost {shown.bits / 8:,.0f} bytes: "
        f"{shown.bits_per_byte:.3f} bits per byte"
    )
    if shown.model_id:
        facts += f" with {shown.model_id}"
    head = HEAD.format(title=escape(shown.name), facts=escape(facts), rules=_rules())
    return head + "".join(map(_span, shown.tokens)) + "</pre></body></html>\n"
