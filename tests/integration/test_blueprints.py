"""Blueprints, run: an automation is made of each, and what it does is seen."""

import asyncio
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, override
from urllib.parse import quote

import pytest
from coached import Coached
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.blueprint.importer import fetch_blueprint_from_url
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify
from homeassistant.util.yaml import parse_yaml
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
    setup_test_component_platform,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

ROOT = Path(__file__).parent.parent.parent
BRANCH = "main/integration/blueprints/automation/ql_release"
FOLDER = ROOT / BRANCH.removeprefix("main/")
SOURCE = f"https://github.com/ql-release/ql-release/blob/{BRANCH}"
RAW = f"https://raw.githubusercontent.com/ql-release/ql-release/{BRANCH}"
IMPORT = "blueprint_url="
BLUEPRINTS = sorted(path.name for path in FOLDER.glob("*.yaml"))
COACH = "event.anna_coach"
WHY = "because you logged Deadlift at 18:10"
BLUE = (0, 0, 255)
STEPS = 100
"""More turns of the event loop than anything here needs."""


class Lamp(LightEntity):
    """A lamp that remembers what it showed.

    Attributes:
        shown: whether it was on, and in which color, since it was told.
    """

    _attr_color_mode = ColorMode.RGB
    _attr_should_poll = False

    def __init__(self, name: str) -> None:
        """Burn in blue."""
        self._attr_name = name
        self._attr_supported_color_modes = {ColorMode.RGB}
        self._attr_is_on = True
        self._attr_rgb_color = BLUE
        self._attr_brightness = 80
        self.shown: list[tuple[int, int, int] | None] = []

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Go on, as is asked."""
        self._attr_is_on = True
        self._attr_rgb_color = kwargs.get("rgb_color", self._attr_rgb_color)
        self._attr_brightness = kwargs.get("brightness", self._attr_brightness)
        self.shown.append(self._attr_rgb_color)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Go off."""
        self._attr_is_on = False
        self.shown.append(None)
        self.async_write_ha_state()


class House:
    """A home with a lamp, two scenes, and an automation made of a blueprint.

    Attributes:
        lamp: in the room with the tool.
        said: what was said aloud.
    """

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, config: Path) -> None:
        """Have a folder for the configuration."""
        hass.config.config_dir = str(config)
        self._blueprints = config / "blueprints/automation/ql_release"
        self._blueprints.mkdir(parents=True)
        self.hass = hass
        self.lamp = Lamp("lamp")
        self.said = async_mock_service(hass, "tts", "speak")
        self._freezer = freezer

    def install(self, blueprint: str) -> None:
        """Import a blueprint."""
        shutil.copy(FOLDER / blueprint, self._blueprints)

    async def set_up(self, blueprint: str, **chosen: Any) -> None:
        """Make an automation of a blueprint, as somebody does who imported it."""
        self.install(blueprint)
        setup_test_component_platform(self.hass, "light", [self.lamp])
        use = {"path": f"ql_release/{blueprint}", "input": {"coach": COACH, **chosen}}
        for domain, config in (
            ("homeassistant", {}),
            ("light", {"platform": "test"}),
            ("scene", [_scene("release", 255), _scene("evening", 10)]),
            ("automation", {"alias": "coached", "use_blueprint": use}),
        ):
            assert await async_setup_component(self.hass, domain, {domain: config})
            await self.hass.async_block_till_done()
        state = self.hass.states.get("automation.coached")
        assert state is not None
        assert state.state == "on"
        if self.hass.states.get(COACH) is None:
            await self.coach()

    async def coach(self, event_type: str | None = None) -> None:
        """Let the coach tell something."""
        self._freezer.tick(timedelta(milliseconds=1))
        state = dt_util.utcnow().isoformat(timespec="milliseconds") if event_type else "unknown"
        self.hass.states.async_set(COACH, state, {"event_type": event_type, "why": WHY})
        await self.pass_time(0)

    async def pass_time(self, seconds: int) -> None:
        """Let time pass, second by second, as delays need it."""
        await settle()
        for _ in range(seconds):
            self._freezer.tick(timedelta(seconds=1))
            async_fire_time_changed(self.hass)
            await settle()

    @property
    def brightness(self) -> int | None:
        """How bright the lamp is."""
        return self.lamp.brightness


async def settle() -> None:
    """Let everything happen that does not wait for time; an automation that does is not done."""
    for _ in range(STEPS):
        await asyncio.sleep(0)


def _scene(name: str, brightness: int) -> dict[str, Any]:
    return {"name": name, "entities": {"light.lamp": {"state": "on", "brightness": brightness}}}


@pytest.fixture
def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path) -> House:
    """Return a home without an automation yet."""
    return House(hass, freezer, tmp_path)


async def test_reminder_flashes_and_speaks(house: House) -> None:
    """The lamp flashes and is then as before; why it comes is said."""
    await house.set_up(
        "release_reminder.yaml",
        lights=["light.lamp"],
        color=[255, 0, 0],
        flashes=2,
        players=["media_player.gym"],
        engine="tts.voice",
        message="Time to release.",
    )
    await house.coach("release_due")
    await house.pass_time(5)
    assert house.lamp.shown == [(255, 0, 0), None, (255, 0, 0), None, BLUE]
    assert house.brightness == 80
    (call,) = house.said
    assert call.data == {
        "entity_id": ["tts.voice"],
        "media_player_entity_id": ["media_player.gym"],
        "message": "Time to release. Because you logged Deadlift at 18:10",
    }


async def test_reminder_without_light_or_speaker(house: House) -> None:
    """Each is left out that was not chosen, and nothing else is told."""
    await house.set_up("release_reminder.yaml", lights=["light.lamp"], flashes=1)
    for event_type in ("cleared", "nudge", "training_ended"):
        await house.coach(event_type)
    assert not house.lamp.shown
    await house.coach("release_due")
    await house.pass_time(3)
    assert house.lamp.shown[-1] == BLUE
    assert not house.said


@pytest.mark.parametrize(("where", "said"), [("home", 1), ("not_home", 0)])
async def test_reminder_only_at_home(house: House, where: str, said: int) -> None:
    """An empty house is not spoken to."""
    house.hass.states.async_set("person.anna", where)
    await house.set_up(
        "release_reminder.yaml",
        person="person.anna",
        players=["media_player.gym"],
        engine="tts.voice",
    )
    await house.coach("release_due")
    assert len(house.said) == said


@pytest.mark.parametrize("end", ["cleared", "skipped"])
async def test_scene_after_training(house: House, end: str) -> None:
    """One for the session, and another one once it was done or skipped."""
    await house.set_up(
        "after_training.yaml",
        scene_release="scene.release",
        scene_done="scene.evening",
        wait={"seconds": 3},
    )
    await house.coach("training_ended")
    assert house.brightness == 80
    await house.pass_time(4)
    assert house.brightness == 255
    await house.coach("release_due")
    assert house.brightness == 255
    await house.coach(end)
    assert house.brightness == 10


async def test_scene_after_training_is_left(house: House) -> None:
    """Nobody did anything: what was set stays."""
    await house.set_up(
        "after_training.yaml",
        scene_release="scene.release",
        scene_done="scene.evening",
        give_up={"seconds": 5},
    )
    await house.coach("training_ended")
    await house.pass_time(6)
    await house.coach("cleared")
    assert house.brightness == 255


async def test_scene_after_training_alone(house: House) -> None:
    """No scene was chosen for afterwards."""
    await house.set_up("after_training.yaml", scene_release="scene.release")
    await house.coach("training_ended")
    await house.coach("cleared")
    assert house.brightness == 255


@pytest.mark.parametrize(("event_type", "after_s"), [("nudge_answered", 1), (None, 6)])
async def test_nudge_at_the_desk(house: House, event_type: str | None, after_s: int) -> None:
    """The lamp glows until it is answered or time is up, and something else is done with it."""
    desk = async_mock_service(house.hass, "cover", "open_cover")
    await house.set_up(
        "desk_nudge.yaml",
        lamp="light.lamp",
        color=[255, 170, 60],
        lasts={"seconds": 5},
        also=[{"action": "cover.open_cover", "target": {"entity_id": "cover.desk"}}],
    )
    await house.coach("nudge")
    assert house.lamp.rgb_color == (255, 170, 60)
    assert len(desk) == 1
    await house.pass_time(2)
    assert house.lamp.rgb_color == (255, 170, 60)
    if event_type:
        await house.coach(event_type)
    await house.pass_time(after_s)
    assert (house.lamp.rgb_color, house.brightness) == (BLUE, 80)


async def test_reminder_of_a_coach_at_work(house: House, coached: Coached) -> None:
    """The coach's own entity, from a training to what is said."""
    await coached.set_up()
    await house.set_up("release_reminder.yaml", players=["media_player.gym"], engine="tts.voice")
    await coached.trained()
    await coached.wait(minutes=59)
    assert not house.said
    await coached.wait(minutes=2)
    (call,) = house.said
    assert call.data["message"].endswith("session. Because you logged Deadlift at 18:00")


async def test_examples_of_the_page(house: House) -> None:
    """Each automation on the page is one that Home Assistant takes, and acts."""
    page = (ROOT / "docs/home-assistant/blueprints.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    examples: list[Any] = [parse_yaml(text) for text in blocks]
    used = {Path(example["use_blueprint"]["path"]).name for example in examples}
    assert used == set(BLUEPRINTS)
    for name in BLUEPRINTS:
        house.install(name)
        source = quote(f"{SOURCE}/{name}", safe="")
        assert f"https://my.home-assistant.io/redirect/blueprint_import/?{IMPORT}{source}" in page
    assert await async_setup_component(house.hass, "automation", {"automation": examples})
    await settle()
    for example in examples:
        state = house.hass.states.get(f"automation.{slugify(example['alias'])}")
        assert state is not None
        assert state.state == "on"


@pytest.mark.parametrize("name", BLUEPRINTS)
async def test_imported_from_its_address(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, name: str
) -> None:
    """As Home Assistant does by an import link; each input has a name, a selector, and is used."""
    text = (FOLDER / name).read_text("utf-8")
    aioclient_mock.get(f"{RAW}/{name}", text=text)
    address = f"{SOURCE}/{name}"
    blueprint = (await fetch_blueprint_from_url(hass, address)).blueprint
    assert blueprint.metadata["source_url"] == address
    assert blueprint.metadata["homeassistant"]["min_version"] == "2026.10.0"
    assert blueprint.validate() is None
    for key, described in blueprint.inputs.items():
        assert described["name"]
        assert described["selector"]
        assert f"!input {key}\n" in text
