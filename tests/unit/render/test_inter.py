"""The widths by which the charts' script measures text are those of the fonts that it is set in."""

from __future__ import annotations

import json

import pytest
from fontTools.ttLib import TTFont
from tools.inter_fonts import FACES, WIDTHS, widths_of

from emban.render.fonts import SHIPPED


@pytest.mark.parametrize(("face", "style"), FACES.items())
def test_widths_are_those_of_the_shipped_font(face: str, style: str) -> None:
    assert json.loads(WIDTHS.read_text())[face] == json.loads(json.dumps(widths_of(SHIPPED / f"Inter-{style}.ttf")))


@pytest.mark.parametrize("style", FACES.values())
def test_the_fonts_have_what_figures_and_names_need(style: str) -> None:
    font = TTFont(SHIPPED / f"Inter-{style}.ttf")
    characters = font.getBestCmap()
    for text in ("0123456789.,%$€£¥\u2212\u2013…·", "ÄÖÜßéñøłšž", "αβγΩ", "абвЯ", "ạầỹ"):
        assert [one for one in text if ord(one) not in characters] == []
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" in features
    assert "SIL Open Font License" in (SHIPPED / "LICENSE").read_text()
