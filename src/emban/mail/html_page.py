"""A mail's page as HTML that mail programs show as it is meant.

Tables and inline styles, as many programs drop everything else; pictures from within the mail and nothing from another
host; 600 px wide, narrower on a phone; a light look, and a dark one where the program says which it has.
"""

from __future__ import annotations

from html import escape

from emban.mail.page import Block, Button, Facts, Figures, Lead, MailFigure, MailPage, Picture, Tone

# Light, then dark; web/packages/theme/src/tokens.ts has the same.
COLOURS = {
    "surface": ("#f7f7f9", "#101117"),
    "card": ("#ffffff", "#191b23"),
    "border": ("#e3e4ea", "#2b2e3a"),
    "text": ("#1b1c25", "#eceef5"),
    "muted": ("#5f6271", "#a3a7b8"),
    "primary": ("#414ce2", "#93a5f5"),
    "on-primary": ("#ffffff", "#12132b"),
    "good": ("#14713f", "#5fd08f"),
    "bad": ("#b3261e", "#ff8f86"),
}
_INKS: dict[Tone, str] = {"plain": "text", "good": "good", "bad": "bad"}
_FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0"'
_SMALL = "font-size:13px;line-height:18px"
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
"""


def page_html(page: MailPage) -> str:
    """Return the whole document."""
    headline = _inked(
        "h1", page.headline, _INKS[page.tone], "margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600"
    )
    blocks = "\n".join(_block(block) for block in page.blocks)
    footer = "\n".join(_footer_line(line) for line in page.footer)
    border = f"padding:24px;border-radius:8px;border:1px solid {COLOURS['border'][0]}"
    card = _grounded("td", f"{headline}\n{blocks}", "card", border, "e-pad")
    inner = f'<tr>{card}</tr>\n<tr><td class="e-foot" style="padding:16px 24px 0">{footer}</td></tr>'
    column = f'<table {_TABLE} style="max-width:600px;margin:0 auto">\n{inner}\n</table>'
    whole = _grounded("td", column, "surface", "padding:24px 12px")
    preview = f'<div style="display:none;max-height:0;overflow:hidden">{escape(page.preview)}</div>'
    body = _grounded("body", f"{preview}\n<table {_TABLE}><tr>{whole}</tr></table>", "surface", "margin:0;padding:0")
    return f"{_HEAD}<title>{escape(page.headline)}</title>\n<style>{_STYLE}</style>\n</head>\n{body}\n</html>\n"


def _block(block: Block) -> str:
    match block:
        case Lead(text):
            return _inked("p", text, "text", "margin:0 0 16px;font-size:14px;line-height:22px")
        case Figures(items):
            return f'<div style="margin:0 0 16px;font-size:0">{"".join(_figure(item) for item in items)}</div>'
        case Facts(rows):
            lines = "".join(_fact(name, value) for name, value in rows)
            return f'<table {_TABLE} style="margin:0 0 16px">{lines}</table>'
        case Picture(cid, alt):
            look = f"display:block;width:100%;max-width:550px;height:auto;margin:0 0 16px;border:0;{_SMALL};{_FONT}"
            shown = f'src="cid:{escape(cid)}" alt="{escape(alt)}" width="550"'
            return f'<img {shown} class="e-muted" style="{look};{_rule("color", "muted")}">'
        case Button(words, url):
            return f'<p style="margin:8px 0 0">{_button(words, url)}</p>'


def _figure(item: MailFigure) -> str:
    number = "font-size:28px;line-height:36px;font-weight:600;font-variant-numeric:tabular-nums"
    parts = [_inked("div", item.label, "muted", _SMALL), _inked("div", item.value, "text", number)]
    if item.note:
        parts.append(_inked("div", item.note, "muted" if item.tone == "plain" else _INKS[item.tone], _SMALL))
    look = "display:inline-block;width:50%;min-width:220px;vertical-align:top;padding:0 0 12px"
    return f'<div class="e-half" style="{look}">{"".join(parts)}</div>'


def _fact(name: str, value: str) -> str:
    look = "padding:4px 0;font-size:14px;line-height:20px;vertical-align:top;text-align:left;word-break:break-word"
    left = _inked("td", name, "muted", f"{look};width:35%;padding-right:12px")
    return f"<tr>{left}{_inked('td', value, 'text', look)}</tr>"


def _button(words: str, url: str) -> str:
    colours = f"{_rule('background-color', 'primary')};{_rule('color', 'on-primary')}"
    look = "display:inline-block;padding:10px 16px;border-radius:8px;font-size:14px;line-height:20px;font-weight:600"
    return (
        f'<a href="{escape(url)}" class="e-button" style="{look};text-decoration:none;{_FONT};{colours}">'
        f"{escape(words)}</a>"
    )


def _footer_line(line: str) -> str:
    """Write a line; where an address ends it, the words before are the link."""
    words, _, last = line.rpartition(" ")
    look = f"{_FONT};{_rule('color', 'muted')}"
    inner = escape(line)
    if last.startswith(("https://", "http://")):
        inner = f'<a href="{escape(last)}" class="e-muted" style="{look}">{escape(words.removesuffix(":"))}</a>'
    return f'<p class="e-muted" style="{look};margin:0 0 4px;font-size:12px;line-height:18px">{inner}</p>'


def _inked(tag: str, text: str, ink: str, look: str) -> str:
    """Return an element with a text of somebody's, whose direction is the text's own."""
    return f'<{tag} dir="auto" class="e-{ink}" style="{look};{_FONT};{_rule("color", ink)}">{escape(text)}</{tag}>'


def _grounded(tag: str, inner: str, ground: str, look: str, name: str = "") -> str:
    """Return an element with a ground of its own; what is in it is HTML."""
    names = f"e-{ground} {name}".rstrip()
    return f'<{tag} class="{names}" style="{look};{_rule("background-color", ground)}">{inner}</{tag}>'


def _rule(name: str, colour: str) -> str:
    return f"{name}:{COLOURS[colour][0]}"


def _dark_rules() -> str:
    """Return the rules of the dark look, which win over the inline ones."""
    rules = [f".e-{ink}{{color:{COLOURS[ink][1]}!important}}" for ink in ("text", "muted", "good", "bad")]
    rules += [f".e-{ground}{{background-color:{COLOURS[ground][1]}!important}}" for ground in ("surface", "card")]
    rules.append(f".e-card{{border-color:{COLOURS['border'][1]}!important}}")
    button = f"background-color:{COLOURS['primary'][1]}!important;color:{COLOURS['on-primary'][1]}!important"
    return "".join((*rules, f".e-button{{{button}}}"))


_STYLE = (
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "@media (max-width:480px)"
    "{.e-pad{padding:16px!important}.e-foot{padding:16px 16px 0!important}.e-half{width:100%!important}}"
    f"@media (prefers-color-scheme:dark){{{_dark_rules()}}}"
)
