"""Checks of translations: a closed schema, and sentences that Home Assistant takes."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import probatio

from hassfest.integration import Integration, texts
from hassfest.schema import faults, key, keyed, slug

ADDRESS = re.compile(r"\b(?:\w+://|www\.)\S", re.IGNORECASE)
HTML = re.compile(r"<\s*/?\s*[a-z!]", re.IGNORECASE)
QUOTED = re.compile(r"'\{\w+\}'")
MEDICAL = {
    "de": r"behand\w*|heil(?:t|en|ung)\w*|diagnos\w*|therap\w*|beug\w* \w* vor",
    "en": r"treat(?:s|ments?)?|cures?|diagnos\w*|heal(?:s|ing)?|prevents?|corrects?|therap\w*",
    "es": r"trata(?:r|miento)\w*|cura(?:r|ción)?|diagn\w*|sana(?:r|ción)?|terap\w*|previene\w*",
    "fr": r"traite(?:r|ment)\w*|guéri\w*|soign\w*|diagn\w*|thérap\w*|prévien\w*",
    "pt-BR": r"trata(?:r|mento)\w*|cura(?:r|ção)?|diagn\w*|sara(?:r|ção)?|terap\w*|previne\w*",
}
"""Words that belong to medicine, by language; a wellness product does without them."""


def sentence(value: object) -> str:
    """Take a sentence: plain, and with placeholders that Python can fill."""
    if not isinstance(value, str) or not value:
        raise probatio.Invalid("write a sentence")
    for pattern, what in ((ADDRESS, "address: use a placeholder"), (HTML, "HTML: use Markdown")):
        if pattern.search(value):
            raise probatio.Invalid(f"no {what}")
    if QUOTED.search(value):
        raise probatio.Invalid("no single quotes around a placeholder")
    if value != value.strip():
        raise probatio.Invalid("no space before or after it")
    if "[%" in value:
        raise probatio.Invalid("write it out: references are Home Assistant's own")
    for name in _fields(value):
        if not name.isidentifier():
            raise probatio.Invalid(f"{{{name}}} is no placeholder")
    return value


def _fields(value: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(value) if name is not None]
    except ValueError as error:
        raise probatio.Invalid(f"{error}: braces stand around placeholders only") from error


def placeholders(value: str) -> frozenset[str]:
    """Return the placeholders of a sentence."""
    return frozenset(name for _, name, _, _ in Formatter().parse(value) if name)


def _optional(**fields: Any) -> dict[Any, Any]:
    return {probatio.Optional(name): schema for name, schema in fields.items()}


def _required(*names: str) -> dict[Any, Any]:
    return {probatio.Required(name): sentence for name in names}


SENTENCES = {str: sentence}
DATA = _optional(data=SENTENCES, data_description=SENTENCES)
STEP = DATA | _optional(
    title=sentence,
    description=sentence,
    menu_options=SENTENCES,
    menu_option_descriptions=SENTENCES,
    submit=sentence,
    sections={str: DATA | _optional(name=sentence, description=sentence)},
)
FLOW = {probatio.Required("step"): {str: STEP}} | _optional(
    flow_title=sentence,
    error=SENTENCES,
    abort=SENTENCES,
    progress=SENTENCES,
    create_entry=SENTENCES,
)
SUBENTRY = FLOW | {
    probatio.Required("entry_type"): sentence,
    probatio.Required("initiate_flow"): {probatio.Required("user"): sentence, str: sentence},
}
ENTITY = _optional(
    name=sentence,
    state=keyed(sentence),
    state_attributes=keyed(_optional(name=sentence, state=keyed(sentence))),
    unit_of_measurement=sentence,
)
ISSUE = probatio.Any(
    _required("title", "description"),
    _required("title") | {probatio.Required("fix_flow"): FLOW},
)
FIELDS = keyed(_required("name", "description"))
ACTION = _required("name", "description") | _optional(
    fields=FIELDS,
    sections=keyed(_required("name") | _optional(description=sentence)),
)
SCHEMA = _optional(
    title=sentence,
    config=FLOW,
    config_subentries={slug: SUBENTRY},
    options=FLOW,
    selector={
        slug: _optional(
            choices=keyed(sentence), options=keyed(sentence), unit_of_measurement=keyed(sentence)
        )
    },
    system_health=_optional(info=keyed(sentence)),
    device=keyed(_required("name")),
    entity={slug: keyed(ENTITY)},
    exceptions={slug: _required("message")},
    issues={key: ISSUE},
    services={slug: ACTION},
    triggers={slug: ACTION},
    conditions={slug: ACTION},
)


def sentences(integration: Integration) -> Iterator[str]:
    """Translations follow their closed schema, and each sentence is plain."""
    for language, document in integration.languages.items():
        yield from faults(f"translations/{language}.json", SCHEMA, document)


def wellness(integration: Integration) -> Iterator[str]:
    """No sentence speaks of medicine."""
    for language, document in integration.languages.items():
        words = re.compile(rf"\b(?:{MEDICAL[language]})\b", re.IGNORECASE)
        for path, text in texts(document).items():
            if found := words.search(text):
                yield f"translations/{language}.json: {'.'.join(path)}: do without {found[0]!r}"


def fields_described(integration: Integration) -> Iterator[str]:
    """Each field that is asked for has a name and a hint."""
    for path, form in _forms(integration.english):
        named, hinted = set(form.get("data", ())), set(form.get("data_description", ()))
        where = f"translations/en.json: {path}"
        yield from (f"{where}.data_description: add {one}" for one in sorted(named - hinted))
        yield from (
            f"{where}.data: add {one}, or remove its hint" for one in sorted(hinted - named)
        )


def _forms(found: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give all that asks for fields."""
    if not isinstance(found, dict):
        return
    if isinstance(found.get("data"), dict) or isinstance(found.get("data_description"), dict):
        yield path, found
    for name, value in found.items():
        yield from _forms(value, f"{path}.{name}".lstrip("."))
