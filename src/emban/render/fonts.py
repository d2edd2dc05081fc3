"""Where fonts are taken from: Inter comes along; other scripts' come from an optional package or the operator.

`pip install emban[fonts]` brings the Noto fonts of most scripts, CJK among them. EMBAN_FONTS_DIR names a directory of
others (.ttf, .otf, .ttc), which are found whatever they are called.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

SHIPPED = Path(__file__).parent / "fonts"
PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")


def font_directories(own: Path | None) -> list[Path]:
    """Return the directories with fonts that there are, the operator's last."""
    found = [SHIPPED]
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            found.append(Path(spec.origin).parent)
    return [*found, own.resolve()] if own is not None else found
