"""What Home Assistant makes of the payloads, by its own schemas and templates."""

import json
import subprocess
from pathlib import Path
from typing import Any

import program_paths
import pytest
from program_paths import ROOT, python_with_home_assistant

from ql_release.events import Event
from ql_release.mqtt.discovery import bridge_config, tool_config
from ql_release.mqtt.topics import Topics
from ql_release.payloads import examples
from ql_release.payloads.base import rfc3339, unix_us
from ql_release.payloads.reading import read_tool_command
from ql_release.payloads.tool import Hello

TOPICS = Topics("ql_release", "home")
CHECK = ROOT / "tests" / "support" / "home_assistant_check.py"
STATE = examples.STATE.model_dump(mode="json")
SUMMARY = examples.SUMMARY.model_dump(mode="json")
HEALTH = examples.HEALTH.model_dump(mode="json")

BRIDGE_KEYS = {"connection", "problem", "unsent", "memory"}
TOOL_KEYS = {
    *("force", "force_pct", "pressure", "over_pressure"),
    *("in_contact", "in_session", "phase", "hold_time", "session_time", "holds", "releases"),
    *("battery", "last_release", "release"),
    *("last_session_ended", "last_session_duration", "last_session_hold_time"),
    *("last_session_holds", "last_session_releases", "last_session_peak_force"),
    *("tare", "start", "stop", "identify", "placement"),
}
"""A key once published never changes: it makes the unique id."""


def _hello(**changes: Any) -> Hello:
    return examples.HELLO.model_copy(update=changes)


CONFIGS = {
    "bridge": bridge_config(TOPICS),
    "tool": tool_config(TOPICS, _hello(contact_area_cm2=12.5)),
    "bare": tool_config(TOPICS, _hello(zones=["contact"], contact_area_cm2=None, ops=["tare"])),
}


def _released(**changes: Any) -> str:
    """Return a release as published, or as changed."""
    (event,) = [one for one in examples.EVENTS if one.type == "released"]
    return json.dumps(_published(event) | changes)


def _published(event: Event) -> dict[str, Any]:
    return event.model_dump(mode="json") | {"live": True}


def _felt() -> str:
    (event,) = [one for one in examples.EVENTS if one.type == "felt"]
    return json.dumps(_published(event))


AT = json.loads(_released())["at"]

SHOWN: list[tuple[str, str, str, str, str, str]] = [
    # config, component, template, payload, what it showed before, what it shows
    ("tool", "force", "value_template", json.dumps(STATE), "", str(STATE["force_n"])),
    ("tool", "force_pct", "value_template", json.dumps(STATE | {"force_pct": None}), "", "None"),
    ("tool", "phase", "value_template", json.dumps(STATE), "", "hold"),
    ("tool", "in_contact", "value_template", json.dumps(STATE), "", "ON"),
    ("tool", "in_contact", "value_template", json.dumps(STATE | {"in_contact": False}), "", "OFF"),
    ("tool", "in_session", "value_template", json.dumps(STATE), "", "ON"),
    ("tool", "in_session", "value_template", json.dumps(STATE | {"session": None}), "", "OFF"),
    ("tool", "over_pressure", "value_template", json.dumps(STATE), "", "OFF"),
    ("tool", "hold_time", "value_template", json.dumps(STATE | {"hold_s": None}), "", "None"),
    ("tool", "battery", "value_template", json.dumps(STATE), "", str(STATE["battery_pct"])),
    (
        *("tool", "placement", "value_template", json.dumps(STATE), ""),
        "Quadratus lumborum, left, middle",
    ),
    (
        *("tool", "placement", "value_template", json.dumps(STATE | {"placement": None}), ""),
        "Not set",
    ),
    ("tool", "last_session_ended", "value_template", json.dumps(SUMMARY), "", SUMMARY["ended_at"]),
    (
        *("tool", "last_session_peak_force", "value_template"),
        *(json.dumps(SUMMARY | {"peak_force_n": None}), "", "None"),
    ),
    ("tool", "last_release", "value_template", _released(), "unknown", AT),
    ("tool", "last_release", "value_template", _released(live=False), "unknown", AT),
    ("tool", "last_release", "value_template", _released(confidence=0.4), AT, AT),
    ("tool", "last_release", "value_template", _felt(), AT, AT),
    ("tool", "last_release", "value_template", _felt(), "unavailable", "None"),
    (
        *("tool", "release", "value_template", _released(), ""),
        '{"event_type":"released","confidence":0.86,"drop_pct":9.4}',
    ),
    ("tool", "release", "value_template", _released(live=False), "", ""),
    ("tool", "release", "value_template", _released(confidence=0.4), "", ""),
    ("tool", "release", "value_template", _felt(), "", ""),
    ("tool", "force", "availability", '{"state": "online"}', "", "online"),
    ("bridge", "problem", "value_template", json.dumps(HEALTH | {"problems": []}), "", "OFF"),
    ("bridge", "problem", "value_template", json.dumps(HEALTH | {"problems": ["x"]}), "", "ON"),
    (
        *("bridge", "problem", "json_attributes_template"),
        *(json.dumps(HEALTH | {"problems": ["x"]}), "", '{"problems":["x"]}'),
    ),
    ("bridge", "unsent", "value_template", json.dumps(HEALTH), "", str(HEALTH["outbox_depth"])),
]

ASKED: list[tuple[str, str, dict[str, Any]]] = [
    # component, what is pressed or chosen, the command's fields
    ("tare", "PRESS", {"op": "tare"}),
    ("start", "PRESS", {"op": "start"}),
    ("stop", "PRESS", {"op": "stop"}),
    ("identify", "PRESS", {"op": "identify"}),
    ("placement", "Not set", {"op": "place", "placement": None}),
    (
        "placement",
        "Erector spinae, right, lower",
        {
            "op": "place",
            "placement": {"muscle": "erector_spinae", "side": "right", "zone": "lower"},
        },
    ),
]


@pytest.fixture(scope="module")
def judged() -> dict[str, Any]:
    """All that Home Assistant says of the payloads."""
    renders = [[*case[:5]] for case in SHOWN]
    renders += [["tool", key, "command_template", value, ""] for key, value, _ in ASKED]
    configs = {name: config.decode() for name, config in CONFIGS.items()}
    done = subprocess.run(
        [python_with_home_assistant(), CHECK],
        input=json.dumps({"configs": configs, "renders": renders}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    judgement: dict[str, Any] = json.loads(done.stdout)
    return judgement


def _components(name: str) -> dict[str, Any]:
    components: dict[str, Any] = json.loads(CONFIGS[name])["components"]
    return components


@pytest.mark.parametrize("name", CONFIGS)
def test_home_assistant_takes_every_word_of_it(judged: dict[str, Any], name: str) -> None:
    """Its schemas drop what they do not know, so that a misspelt key would pass unseen."""
    understood = judged["configs"][name]
    assert understood.keys() == _components(name).keys()
    assert {key: one["ignored"] for key, one in understood.items() if one["ignored"]} == {}


def test_a_tool_is_available_if_its_bridge_and_itself_are(judged: dict[str, Any]) -> None:
    for one in judged["configs"]["tool"].values():
        assert one["known"]["availability_mode"] == "all"
        topics = [each["topic"] for each in one["known"]["availability"]]
        assert topics == ["ql_release/bridge/home/status", "ql_release/tool/lounge/availability"]


@pytest.mark.parametrize("case", range(len(SHOWN)), ids=lambda n: f"{n}-{SHOWN[n][1]}")
def test_what_home_assistant_shows(judged: dict[str, Any], case: int) -> None:
    assert judged["rendered"][case] == SHOWN[case][5]


@pytest.mark.parametrize("case", range(len(ASKED)), ids=lambda n: f"{n}-{ASKED[n][0]}")
def test_what_home_assistant_sends_is_a_command(judged: dict[str, Any], case: int) -> None:
    text = judged["rendered"][len(SHOWN) + case]
    command = read_tool_command(text.encode())
    assert {"op": command.op, **_own_fields(text)} == ASKED[case][2]
    assert rfc3339(unix_us(command.sent)).endswith("Z")


def _own_fields(text: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(text)
    return {key: fields[key] for key in fields.keys() - {"v", "id", "sent", "op"}}


def test_unique_ids_are_of_the_serial_number_and_stay() -> None:
    made = {key: one["unique_id"] for key, one in _components("tool").items()}
    assert made == {key: f"ql_release_24587ccdb0a1f00d_{key}" for key in TOOL_KEYS}
    renamed = json.loads(tool_config(TOPICS, _hello(tool="new", contact_area_cm2=1.0)))
    assert {key: one["unique_id"] for key, one in renamed["components"].items()} == made
    bridge = {key: one["unique_id"] for key, one in _components("bridge").items()}
    assert bridge == {key: f"ql_release_bridge_home_{key}" for key in BRIDGE_KEYS}


def test_a_tool_has_only_what_it_can_do() -> None:
    newtons = {"force", "force_pct", "pressure", "over_pressure"}
    assert _components("bare").keys() == TOOL_KEYS - newtons - {
        *("start", "stop", "identify", "placement")
    }


def test_every_spot_can_be_chosen_and_is_shown_as_chosen() -> None:
    options = _components("tool")["placement"]["options"]
    assert len(options) == len(set(options)) == 1 + 6 * len(examples.HELLO.muscles)


def test_a_tool_hangs_on_its_bridge() -> None:
    bridge, tool = (json.loads(CONFIGS[name])["device"] for name in ("bridge", "tool"))
    assert [tool["via_device"]] == bridge["identifiers"]


@pytest.mark.usefixtures("without_home_assistant")
def test_a_machine_without_home_assistant_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"python3\.14 is missing"):
        python_with_home_assistant()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"python3\.14 is missing"):
        python_with_home_assistant()


@pytest.fixture
def without_home_assistant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pretend that nothing is set up."""
    for name in ("HOME_ASSISTANT_PYTHON", "STATE"):
        monkeypatch.setattr(program_paths, name, tmp_path / name)
