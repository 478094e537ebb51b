"""What Home Assistant's own checker would say of the integration; and some more.

Its checker can't be had on its own. Each check here takes the integration's files and gives
sentences that say what to change where.
"""

from collections.abc import Callable, Iterator

from hassfest.brand import brand
from hassfest.code import asked_in_code, known_in_code
from hassfest.components import components
from hassfest.described import described, registered, translated
from hassfest.evidence import evidence
from hassfest.icons import icons, icons_of_entities
from hassfest.integration import Integration
from hassfest.languages import languages, placeholders_kept
from hassfest.manifest import manifest
from hassfest.quality import quality
from hassfest.sentences import fields_described, sentences, wellness

CHECKS: tuple[Callable[[Integration], Iterator[str]], ...] = (
    manifest,
    components,
    sentences,
    wellness,
    languages,
    placeholders_kept,
    fields_described,
    icons,
    icons_of_entities,
    described,
    registered,
    translated,
    asked_in_code,
    known_in_code,
    brand,
    quality,
    evidence,
)
