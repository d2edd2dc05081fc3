"""Makes what the renderer has of Inter: two TrueType files, and their widths for the charts' script.

    .venv/bin/python -m tools.inter_fonts DIRECTORY_OF_WOFF2

The directory holds Inter-Regular.woff2 and Inter-SemiBold.woff2 (in the npm package inter-ui they are below web/). Run
by hand when Inter is updated. typst reads TrueType alone, and no variable font for SVGs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "src/emban/render/fonts"
WIDTHS = ROOT / "web/apps/render/src/inter-widths.json"
FACES = {"regular": "Regular", "semibold": "SemiBold"}
# Figures of one width, pairs of letters, accents: what the pages' Inter has, and no ligatures or alternates.
FEATURES = ["kern", "tnum", "ccmp", "mark", "mkmk", "locl", "case"]
PRIVATE_USE = range(0xE000, 0xF900)


def make_font(source: Path, target: Path) -> None:
    """Write a TrueType file with every character and only the features that are used."""
    font = TTFont(source)
    options = subset.Options(layout_features=FEATURES, glyph_names=False, hinting=False, name_IDs=["*"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(font.getBestCmap()))
    subsetter.subset(font)
    font.flavor = None
    font.save(target)


def widths_of(path: Path) -> dict[str, Any]:
    """Return a font's advances as runs of neighbouring characters: [first, [width, …]]."""
    font = TTFont(path)
    characters, advances = font.getBestCmap(), font["hmtx"]
    runs: list[tuple[int, list[int]]] = []
    for character in sorted(set(characters) - set(PRIVATE_USE)):
        width = advances[characters[character]][0]
        if runs and runs[-1][0] + len(runs[-1][1]) == character:
            runs[-1][1].append(width)
        else:
            runs.append((character, [width]))
    return {"unitsPerEm": font["head"].unitsPerEm, "runs": runs}


def main() -> None:
    """Write the fonts and their widths."""
    source = Path(sys.argv[1])
    for style in FACES.values():
        make_font(source / f"Inter-{style}.woff2", FONTS / f"Inter-{style}.ttf")
    widths = {name: widths_of(FONTS / f"Inter-{style}.ttf") for name, style in FACES.items()}
    WIDTHS.write_text(json.dumps(widths, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
