"""Checks of the other languages against English."""

from collections.abc import Iterator

from hassfest.integration import Integration, texts
from hassfest.sentences import placeholders

OFFERED = ("de", "en", "es", "fr", "pt-BR")


def languages(integration: Integration) -> Iterator[str]:
    """Every language says all that English says, and no more."""
    for name in sorted(set(OFFERED) ^ set(integration.languages)):
        yield f"translations/{name}.json: {'add' if name in OFFERED else 'remove'} it"
    english = texts(integration.english)
    for name, document in integration.languages.items():
        found = texts(document)
        for path in sorted(set(english) - set(found)):
            yield f"translations/{name}.json: add {'.'.join(path)} (in English: {english[path]!r})"
        for path in sorted(set(found) - set(english)):
            yield f"translations/{name}.json: remove {'.'.join(path)}: English has it no more"


def placeholders_kept(integration: Integration) -> Iterator[str]:
    """What is filled in at run time is the same in every language."""
    english = texts(integration.english)
    for name, document in integration.languages.items():
        for path, text in texts(document).items():
            if path in english and (wanted := placeholders(english[path])) != placeholders(text):
                yield (
                    f"translations/{name}.json: {'.'.join(path)}: "
                    f"use exactly these placeholders: {', '.join(sorted(wanted)) or 'none'}"
                )
