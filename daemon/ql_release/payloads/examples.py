"""An example of every payload: one short session, as a broker would see it.

Used by `contract` alone; the daemon never imports this. The events are made by the real
`SessionTracker`, so their ids come out of the recipe in docs/mqtt.md.
"""

from typing import Any, Final

from ql_release import events
from ql_release.context import Limits
from ql_release.events import Event, Placement, complete, unix_us
from ql_release.payloads import bridge, commands, replies, tool
from ql_release.payloads.base import Cursor
from ql_release.payloads.people import Plan, PlanStep
from ql_release.plan import PlannedSpot
from ql_release.sessions.moment import Moment, ToolIdentity
from ql_release.sessions.session import summary_of
from ql_release.sessions.tracker import SessionTracker
from ql_release.signal import detections
from ql_release.signal.detections import Detection
from ql_release.units import MICROSECONDS

SERIAL: Final = bytes.fromhex("24587ccdb0a1f00d")
UID: Final = 0x9F1C2B7D40E6A853
BRIDGE: Final = "home"
TOOL: Final = "lounge"
PERSON: Final = "p1"
EPOCH: Final = "5f0c7d1e9a3b2846"
START_NONCE: Final = "b7e2910f64ad35c8"
PLACE: Final = Placement(muscle="quadratus_lumborum", side="left", zone="middle")
STEP: Final = PlanStep(**PLACE.model_dump(), holds=2, hold_s=45.0)

RATE_HZ: Final = 100
STREAM_STARTED_US: Final = unix_us("2026-11-20T17:02:52.130Z")
FIRST_SEQ: Final = 201
FELT_COMMAND: Final = "phone-0031"
ASSIGN_COMMAND: Final = "phone-0040"
SENT: Final = "2026-11-20T17:04:10Z"

HAPPENED: Final[tuple[tuple[type[Detection], int, float, dict[str, Any]], ...]] = (
    (detections.ContactStarted, 912, 8.11, {}),
    (detections.HoldStarted, 1112, 8.11, {}),
    (detections.OverPressure, 1240, 11.89, {"force_n": 98.7, "limit_n": 96.0}),
    (
        detections.BoneContact,
        1420,
        12.97,
        {"confidence": 0.71, "evidence": {"stiffness_ratio": 3.4, "relaxed_pct": 0.6}},
    ),
    (
        detections.Released,
        3651,
        29.81,
        {
            "confidence": 0.86,
            "evidence": {"before_n": 81.2, "after_n": 72.6, "breath_pct": 2.1, "tilt_deg": 0.3},
            "drop_pct": 9.4,
            "expected_pct": 1.2,
            "held_s": 6.7,
        },
    ),
    (
        detections.Slip,
        4481,
        43.92,
        {"confidence": 0.9, "evidence": {"fall_pct": 31.0, "rotation_rad_s": 1.7}},
    ),
    (
        detections.HoldEnded,
        5473,
        54.23,
        {"hold_s": 46.12, "mean_force_n": 77.3, "peak_force_n": 98.7},
    ),
    (detections.ContactEnded, 5473, 54.23, {}),
)
"""What the detectors say of one contact: the deciding sample, the time, the figures."""

APPROACH: Final = (None, 1.31, 1.18, 1.12, 1.04, 0.98, 0.91, 0.86, 0.71, 0.44)

LIMITS: Final = Limits(threshold_n=80.0, plan=(PlannedSpot(**STEP.model_dump()),))


def moment(index: int) -> Moment:
    """Return a sample of the example's stream."""
    t = index / RATE_HZ
    return Moment(UID, index, t, STREAM_STARTED_US + round(t * MICROSECONDS))


def _session(tracker: SessionTracker) -> list[Event]:
    """Return the events of the contact, and of the end two minutes after it."""
    told: list[Event] = []
    for kind, index, at, figures in HAPPENED:
        now = moment(index)
        told += tracker.apply(kind(index=index, t=now.t, at=at, **figures), now)
        if kind is detections.Released:
            answer = {"command": FELT_COMMAND, "release": told[-1].id, "felt": True}
            told += tracker.felt(answer | {"session": told[-1].session}, moment(index + 109))
    return told + tracker.advance(moment(17_423))


def _afterwards(tracker: SessionTracker, session: str) -> list[Event]:
    """Return what comes later: the session was someone else's, and they are calibrated."""
    later = moment(463_000)
    told = tracker.reassign(session, "p2", PERSON, ASSIGN_COMMAND, later)
    measured = tracker.calibrated(
        "p2", 84.5, "phone-0043", moment(470_000), presses=3, spread_pct=7.2, approach=APPROACH
    )
    return [*told, measured]


def _published(event: Event, seq: int) -> Event:
    return events.parse(complete(events.body(event), EPOCH, seq, live=True))


def _all() -> tuple[Event, ...]:
    tracker = SessionTracker(ToolIdentity(SERIAL, TOOL, BRIDGE), LIMITS, person=PERSON)
    told = _session(tracker)
    assert told[0].session is not None
    told += _afterwards(tracker, told[0].session)
    return tuple(_published(event, seq) for seq, event in enumerate(told, FIRST_SEQ))


EVENTS: Final = _all()
"""One of each type, in the order of the journal."""

SESSION: Final = EVENTS[0].id
RELEASED: Final = next(event for event in EVENTS if isinstance(event, events.Released))
ENDED: Final = next(event for event in EVENTS if isinstance(event, events.SessionEnded))
SUMMARY: Final = summary_of(ENDED)

HELLO: Final = tool.Hello(
    bridge=BRIDGE,
    tool=TOOL,
    serial=SERIAL.hex(),
    name="QL Release tool",
    model="four zones, XIAO ESP32-S3",
    firmware="0.1.0",
    hardware=1,
    link="tcp",
    zones=["load_cell"] * 4,
    imu=True,
    max_hz=320,
    calibration_id=3,
    contact_area_cm2=12.5,
    muscles=[
        "quadratus_lumborum",
        "gluteus_medius",
        "piriformis",
        "psoas",
        "erector_spinae",
    ],
    ops=["tare", "calibrate", "start", "stop", "place", "person", "felt", "identify", "forget"],
)

AVAILABILITY: Final = tool.Availability(
    state="online", bridge=BRIDGE, at="2026-11-20T17:02:51.020Z"
)

STATE: Final = tool.State(
    at="2026-11-20T17:03:25.500Z",
    force_n=73.1,
    force_pct=91.4,
    kpa=58.5,
    in_contact=True,
    phase="hold",
    hold_s=25.3,
    session=SESSION,
    session_s=25.3,
    holds=1,
    releases=0,
    slips=0,
    bone_contacts=1,
    person=PERSON,
    placement=PLACE,
    plan=tool.PlanProgress(
        step=1,
        of=1,
        placement=PLACE,
        holds=0,
        holds_wanted=STEP.holds,
        hold_s=STEP.hold_s,
        done=False,
    ),
    zones_n=[21.4, 18.9, 17.0, 15.8],
    shares=[0.29, 0.26, 0.23, 0.22],
    centre_mm=[27.3, 0.0],
    expected_n=73.4,
    breath_hz=0.26,
    tilt_deg=2.1,
    over_pressure=False,
    possible_sink=False,
    quality="measuring",
    battery_pct=83,
    rate_hz=100.0,
)

HEALTH: Final = bridge.BridgeHealth(
    bridge=BRIDGE,
    at="2026-11-20T17:04:00.000Z",
    version="0.1.0",
    start_nonce=START_NONCE,
    uptime_s=86_412.0,
    links=[bridge.LinkHealth(kind="tcp", label="127.0.0.1:7390", state="up")],
    outbox_depth=0,
    oldest_unsent_at=None,
    rss_bytes=42_500_096,
    tools={
        TOOL: bridge.ToolHealth(
            online=True,
            rate_hz=100.0,
            frames=43_120,
            lost_samples=0,
            recovered_samples=36,
            damaged_frames=0,
        )
    },
)


def _asked(model: type[commands.Command], number: int, **fields: Any) -> commands.Command:
    return model(**({"id": f"phone-{number:04}", "sent": SENT} | fields))


TOOL_COMMANDS: Final = (
    _asked(commands.Tare, 21),
    _asked(commands.Calibrate, 22, step="point", zone=0, newtons=49.03),
    _asked(commands.Start, 23),
    _asked(commands.Stop, 24),
    _asked(commands.Place, 25, placement=PLACE),
    _asked(commands.Person, 26, person=PERSON),
    _asked(commands.FeltCommand, 31, sent="2026-11-20T17:03:29Z", release=RELEASED.id, felt=True),
    _asked(commands.Identify, 32),
    _asked(commands.Haptic, 33, pattern=1),
    _asked(commands.Sleep, 34),
    _asked(commands.Update, 35, version="0.2.0"),
    _asked(commands.Forget, 36),
)

BRIDGE_COMMANDS: Final = (
    _asked(commands.History, 37, after=Cursor(epoch=EPOCH, seq=200), limit=2),
    _asked(
        commands.ProfileCommand,
        38,
        person=PERSON,
        threshold_n=80.0,
        body_mass_kg=78.0,
        plan=Plan(steps=[STEP]),
    ),
    _asked(commands.Assign, 40, sent="2026-11-20T18:10:02Z", session=SESSION, person="p2"),
    _asked(commands.Erase, 41, person="p2"),
)

TOOL_REPLIES: Final = {
    "tare": replies.ToolReply(id="phone-0021", ok=True, op="tare", calibration_id=4),
    "refused": replies.ToolReply(
        id="phone-0034",
        ok=False,
        op="sleep",
        error=replies.ErrorCode.IN_CONTACT,
        message="somebody is on the tool; try again when it is free",
    ),
}


def _past(event: Event) -> dict[str, Any]:
    """Return an event as history tells it."""
    return event.model_dump(mode="json") | {"live": False}


BRIDGE_REPLIES: Final = {
    "history": replies.BridgeReply(
        id="phone-0037",
        ok=True,
        op="history",
        events=[_past(EVENTS[0]), _past(EVENTS[1])],
        next=Cursor(epoch=EPOCH, seq=202),
        more=True,
        oldest=Cursor(epoch=EPOCH, seq=1),
    ),
    "profile": replies.BridgeReply(id="phone-0038", ok=True, op="profile"),
    "erase": replies.BridgeReply(
        id="phone-0041",
        ok=True,
        op="erase",
        erased=replies.Erased(events=11, sessions=1, segments=1),
    ),
    "refused": replies.BridgeReply(
        id="phone-0042",
        ok=False,
        op="assign",
        error=replies.ErrorCode.UNKNOWN_SESSION,
        message="the journal has no such session; ask history for its id",
    ),
}
