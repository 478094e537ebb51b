"""The checks of `hassfest/` see what is wrong, and say what to change where."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import pytest
from custom_components.ql_release.const import DOMAIN
from hassfest.brand import brand
from hassfest.code import asked_in_code, known_in_code
from hassfest.components import components
from hassfest.described import described, registered, translated
from hassfest.evidence import evidence
from hassfest.icons import icons, icons_of_entities
from hassfest.integration import Integration, load
from hassfest.languages import languages, placeholders_kept
from hassfest.manifest import manifest
from hassfest.quality import ALL_RULES, RULES, quality, reached
from hassfest.sentences import fields_described, sentences, wellness
from hassfest.watch import Watch, watching
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
SMALL = PNG + bytes([0, 0, 0, 64, 0, 0, 0, 64, 8, 2, 0, 0, 0])
ICON = PNG + bytes([0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0])
WHOLE = load()
SOUND = replace(
    WHOLE,
    languages={"en": WHOLE.english},
    sources={
        name: tree
        for name, tree in WHOLE.sources.items()
        if name not in ("condition.py", "trigger.py")
    },
    services={"log": {"fields": {"side": {"selector": {"boolean": {}}}}}},
    triggers={},
    conditions={},
    quality_scale={
        "rules": dict.fromkeys(ALL_RULES, "done")
        | {"docs-triggers": {"status": "exempt", "comment": "There are none."}}
    },
    brand={"icon.png": ICON},
)

type Check = Callable[[Integration], Iterator[str]]


def changed(found: Integration, path: str, value: Any) -> Integration:
    """Return a copy in which one thing is another; None removes it."""
    copy = replace(
        found,
        **{
            one.name: deepcopy(getattr(found, one.name))
            for one in fields(found)
            if isinstance(getattr(found, one.name), dict)
        },
    )
    first, *parts, last = path.split("/")
    at = getattr(copy, first)
    for part in parts:
        at = at.setdefault(part, {})
    if value is None:
        del at[last]
    else:
        at[last] = value
    return copy


EN = "languages/en"


@pytest.mark.parametrize(
    ("check", "path", "value", "said"),
    [
        (manifest, "manifest/colour", "red", "colour: not a valid option"),
        (manifest, "manifest/iot_class", None, "iot_class"),
        (manifest, "manifest/version", "new", "no version that Home Assistant loads"),
        (manifest, "manifest/aa_first", True, "in this order: domain, name, aa_first"),
        (manifest, "manifest/domain", "other", "must be the folder's name, ql_release"),
        (manifest, "manifest/documentation", "http://x.example/", "begins with https://"),
        (manifest, "manifest/codeowners", ["me"], "codeowners"),
        (
            components,
            "sources/new.py",
            ast.parse("from homeassistant.components.stream import statistics"),
            "add stream to dependencies",
        ),
        (components, "sources/new.py", ast.parse("import homeassistant.components.tag"), "add tag"),
        (sentences, f"{EN}/config/step/user/colour", "red", "config.step.user.colour: "),
        (sentences, f"{EN}/config/step/user/title", " Add", "no space before or after"),
        (sentences, f"{EN}/config/step/user/title", "See https://a.example", "no address"),
        (sentences, f"{EN}/config/step/user/title", "A <b>tool</b>", "no HTML"),
        (sentences, f"{EN}/config/step/user/title", "Add '{name}'", "no single quotes"),
        (sentences, f"{EN}/config/step/user/title", "Add {a b}", "is no placeholder"),
        (sentences, f"{EN}/config/step/user/title", "Add {name", "braces stand around"),
        (sentences, f"{EN}/config/step/user/title", "[%key:common%]", "write it out"),
        (sentences, f"{EN}/entity/sensor/Force", {"name": "Force"}, "is no key"),
        (sentences, f"{EN}/issues/silent", {"title": "Silent"}, "issues.silent"),
        (sentences, f"{EN}/config_subentries/person/entry_type", None, "entry_type"),
        (wellness, f"{EN}/exceptions/no_reply/message", "It heals.", "without 'heals'"),
        (wellness, "languages/de", {"title": "Therapie"}, "de.json: title: do without 'Therapie'"),
        (
            fields_described,
            f"{EN}/options/step/init/data_description/confidence",
            None,
            "options.step.init.data_description: add confidence",
        ),
        (
            fields_described,
            f"{EN}/options/step/init/data/confidence",
            None,
            "options.step.init.data: add confidence, or remove its hint",
        ),
        (icons, "icons/entity/sensor/force/default", "fa:bolt", "fa:bolt is no icon"),
        (icons, "icons/colours", {}, "icons.json: colours"),
        (icons, "icons/entity/sensor/force/range", {"5": "mdi:a", "1": "mdi:b"}, "a range rises"),
        (icons, "icons/entity/sensor/force/range", {"low": "mdi:a"}, "given by numbers"),
        (
            icons,
            "icons/entity/binary_sensor/contact/state/on",
            "mdi:sofa-single-outline",
            "entity.binary_sensor.contact.state.on: remove it",
        ),
        (
            icons_of_entities,
            "icons/entity/sensor/gone",
            {"default": "mdi:a"},
            "sensor.gone: remove",
        ),
        (described, "services/tare", {"colour": "red"}, "services.yaml: tare"),
        (described, "services/apart", {}, "alphabetical"),
        (described, "triggers/ended", {"fields": {"a": {"filter": {}}}}, "triggers.yaml: ended"),
        (registered, "sources/trigger.py", ast.parse(""), "triggers.yaml: add it"),
        (translated, f"{EN}/services/log/fields", None, "add services.log.fields.side"),
        (translated, f"{EN}/services/log", None, "add services.log with name and description"),
        (translated, f"{EN}/triggers/gone", {"name": "Gone"}, "triggers.gone: remove it"),
        (translated, "icons/services/log", None, 'add services.log: {"service": "mdi:…"}'),
        (translated, "icons/conditions/gone", {}, "conditions.gone: remove it"),
        (translated, f"{EN}/services/log/fields/left", {}, "services.log.fields.left: remove it"),
        (
            translated,
            "services/log/fields/side/selector",
            {"select": {"translation_key": "hand", "options": ["left", {"value": "right"}]}},
            "add selector.hand.options.right (services.yaml: log.side offers it)",
        ),
        (asked_in_code, f"{EN}/entity/number/threshold", None, "add entity.number.threshold"),
        (
            asked_in_code,
            "sources/new.py",
            ast.parse("ServiceValidationError(translation_domain=D, translation_key='no_luck')"),
            "add exceptions.no_luck (new.py:1 asks for it)",
        ),
        (
            asked_in_code,
            "sources/repairs.py",
            ast.parse("ir.async_create_issue(translation_key=f'attic_{kind}')"),
            "add issues.attic_[a-z0-9_]+ (repairs.py:1 asks for it)",
        ),
        (
            asked_in_code,
            "sources/flow.py",
            ast.parse("SelectSelectorConfig(translation_key='hand')"),
            "add selector.hand",
        ),
        (
            asked_in_code,
            "sources/flow.py",
            ast.parse("self.async_abort(reason='no_luck')"),
            "add ….abort.no_luck",
        ),
        (
            asked_in_code,
            "sources/valve.py",
            ast.parse("class C:\n    _attr_translation_key = 'flow'"),
            "add entity.valve.flow (valve.py:2 asks for it)",
        ),
        (known_in_code, f"{EN}/exceptions/xylophone", {}, "remove exceptions.xylophone"),
        (known_in_code, f"{EN}/config/error/xylophone", "Gone.", "remove config.error.xylophone"),
        (known_in_code, f"{EN}/config/step/xylophone", {}, "remove config.step.xylophone"),
        (known_in_code, f"{EN}/entity/sensor/xylophone", {}, "remove entity.sensor.xylophone"),
        (quality, "quality_scale/rules/brands", None, "brands"),
        (quality, "quality_scale/rules/brands", "perhaps", "brands"),
        (quality, "quality_scale/rules/brands", {"status": "exempt"}, "brands"),
        (quality, "quality_scale/rules/new-rule", "done", "new-rule"),
        (
            evidence,
            "sources/config_flow.py",
            ast.parse(""),
            "discovery is not done: config_flow.py",
        ),
        (evidence, "sources/trigger.py", ast.parse(""), "docs-triggers applies: trigger.py"),
        (evidence, "sources/todo.py", ast.parse(""), "todo.py: add PARALLEL_UPDATES"),
        (brand, "brand/icon.png", None, "brand/icon.png: add it"),
        (brand, "brand/photo.jpg", b"", "brand/photo.jpg: remove it"),
        (brand, "brand/icon.png", b"GIF89a", "it must be a PNG"),
        (brand, "brand/icon.png", SMALL, "256 by 256 pixels"),
        (brand, "brand/icon.png", SMALL, "colour and transparency"),
        (brand, "brand/logo@2x.png", SMALL, "shortest side must have 256 to 512 pixels"),
        (brand, "brand/logo.png", SMALL, "wider than high"),
        (languages, "languages/it", {}, "translations/it.json: remove it"),
        (languages, "languages/de", {}, "translations/de.json: add config.flow_title"),
        (languages, "languages/de", {"title": "QL"}, "translations/de.json: remove title"),
        (
            placeholders_kept,
            "languages/de",
            {"config": {"flow_title": "{tool}"}},
            "config.flow_title: use exactly these placeholders: name",
        ),
    ],
)
def test_what_is_wrong_is_said(check: Check, path: str, value: object, said: str) -> None:
    """Each fault alone is seen by its check."""
    sound = _base(check)
    found = set(check(changed(sound, path, value))) - set(check(sound))
    assert any(said in one for one in found), found or "nothing was said"


def _base(check: Check) -> Integration:
    """Return what a check finds nothing at."""
    if check is not translated:
        return SOUND
    text = {"name": "Log", "description": "Logs."}
    named = changed(SOUND, f"{EN}/services/log", {**text, "fields": {"side": text}})
    return changed(named, "icons/services/log", {"service": "mdi:pencil"})


def test_a_tier_needs_all_rules_of_those_below() -> None:
    """Rules are done or exempt; one that is to be done holds back its tier and those above."""
    assert len(ALL_RULES) == 54
    assert [len(rules) for rules in RULES.values()] == [20, 10, 21, 3]
    answers: dict[str, Any] = dict.fromkeys(ALL_RULES, "done")
    assert reached({"rules": answers}) == "platinum"
    answers["diagnostics"] = {"status": "exempt", "comment": "There is nothing to tell."}
    assert reached({"rules": answers}) == "platinum"
    answers["diagnostics"] = {"status": "todo"}
    assert reached({"rules": answers}) == "silver"
    assert reached({"rules": {}}) is None


async def test_what_is_shown_while_it_runs_is_watched(hass: HomeAssistant) -> None:
    """A form, an error and an issue whose words are nowhere."""
    watch = Watch(DOMAIN, {}, {})
    with watching(watch):
        await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        HomeAssistantError(translation_domain="mqtt", translation_key="not_ours")
        assert watch.missing == {
            "translations/en.json: add config.step.user.data.prefix",
            "translations/en.json: add config.step.user.data.without_tool",
            "translations/en.json: add config.step.user.title",
        }
        watch.missing.clear()
        HomeAssistantError(translation_domain=DOMAIN, translation_key="broken")
        watch.issue(DOMAIN, "silent", fixable=True, given=None)
    assert watch.missing == {
        "translations/en.json: add exceptions.broken.message",
        "translations/en.json: add issues.silent.fix_flow.step",
        "translations/en.json: add issues.silent.title",
    }


def test_a_placeholder_that_nothing_fills_is_told() -> None:
    """Of an issue whose title is filled, and whose description is not."""
    text = {"title": "{name} is silent", "description": "Since {day}."}
    watch = Watch(DOMAIN, {"issues": {"silent": text}}, {})
    watch.issue(DOMAIN, "silent", fixable=False, given={"name": "Tool"})
    assert watch.missing == {
        "translations/en.json: issues.silent.description: nothing fills {day}",
    }
