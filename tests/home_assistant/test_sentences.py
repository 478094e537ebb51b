"""The sentences for Assist: each is understood, as Home Assistant understands sentences."""

from pathlib import Path

import pytest
import yaml
from hassil import Intents, recognize

FOLDER = Path(__file__).parents[2] / "integration/custom_sentences"
ASKED = [
    ("en", "when did I last release my left side", {"side": "left"}),
    ("en", "when was my last release on the right side", {"side": "right"}),
    ("en", "when was my last release", {}),
    ("en", "when did Anna last release her left side", {"side": "left", "person": "Anna"}),
    ("en", "when was the last release of Anna on the left", {"side": "left", "person": "Anna"}),
    ("de", "wann hat meine linke Seite zuletzt losgelassen", {"side": "left"}),
    ("de", "wann habe ich meinen unteren Rücken zuletzt gelöst", {}),
    ("de", "wann war das letzte Loslassen von Anna", {"person": "Anna"}),
    ("es", "cuándo se relajó por última vez mi lado derecho", {"side": "right"}),
    ("es", "cuándo fue la última relajación de Ana", {"person": "Ana"}),
    ("fr", "quand mon côté droit s'est-il relâché pour la dernière fois", {"side": "right"}),
    ("fr", "quand était mon dernier relâchement à gauche", {"side": "left"}),
    ("pt-BR", "quando meu lado esquerdo relaxou pela última vez", {"side": "left"}),
    ("pt-BR", "quando foi o último relaxamento de Ana", {"person": "Ana"}),
]


@pytest.mark.parametrize(("language", "sentence", "slots"), ASKED)
def test_a_sentence_is_understood(language: str, sentence: str, slots: dict[str, str]) -> None:
    """With its side and its person."""
    file = FOLDER / language / "ql_release.yaml"
    intents = Intents.from_dict(yaml.safe_load(file.read_text("utf-8")))
    found = recognize(sentence, intents)
    assert found is not None
    assert found.intent.name == "QlReleaseLastRelease"
    assert {name: str(slot.value).strip() for name, slot in found.entities.items()} == slots


def test_each_language_has_its_sentences() -> None:
    """As the integration speaks them."""
    translations = FOLDER.parent / "custom_components/ql_release/translations"
    spoken = {file.stem for file in translations.glob("*.json")}
    assert {file.parent.name for file in FOLDER.glob("*/ql_release.yaml")} == spoken
