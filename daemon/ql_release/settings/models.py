"""The settings and what each may be; docs/settings.md explains them to users."""

import socket
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ql_release.context import DEFAULT_DOSE_HOLD_S, DEFAULT_END_AFTER_S
from ql_release.settings.addresses import (
    BrokerAddress,
    broker_address,
    id_from_hostname,
    is_loopback,
)
from ql_release.settings.errors import SettingsError
from ql_release.settings.secrets import need_readable, read_key, read_password
from ql_release.wire.limits import MAX_ZONES

ID_PATTERN = r"^[a-z0-9_-]{1,32}$"
"""Ids of bridges, tools, people and muscles: one level of a topic (docs/mqtt.md)."""
PREFIX_PATTERN = r"^[a-z0-9_-]{1,32}(/[a-z0-9_-]{1,32}){0,2}$"
"""A topic prefix has one to three such levels."""
SERIAL_NUMBER_PATTERN = r"^[0-9a-f]{16}$"
"""A tool's hardware serial number: 8 bytes as hex, as its label and `hello` give it."""
DEFAULT_TCP_PORT = 7390
"""Where tools on TCP find the daemon (docs/wire.md)."""
DEFAULT_MUSCLES = (
    "quadratus_lumborum",
    "gluteus_medius",
    "piriformis",
    "psoas",
    "erector_spinae",
)
"""The muscles that the tool is made for; an editable list."""
DEFAULT_METRICS_PORT = 7391
"""Beside the tools' port, and none that a usual exporter has."""
DEFAULT_TIME_WAIT_S = 600.0
"""After a power cut the router, which leads to the time server, may start later than the Pi."""
DEFAULT_KEEP_DAYS = 3650
"""Ten years: two sessions a day then take some 300 MB, a corner of any memory card."""
DEFAULT_KEEP_MB = 1000
"""Far more than that takes; it bounds what a tool that never stops telling can fill."""
DEFAULT_FRAMES_DAYS = 90
"""Raw frames of one training season: for second thoughts about what was felt (DESIGN §5)."""
DEFAULT_FRAMES_MB = 2000
"""What a season of long sessions takes, and what a card of 16 GB can spare."""
MOST_DAYS = 36500
MOST_MB = 1_000_000

Id = Annotated[str, Field(pattern=ID_PATTERN)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    """What all tables of the settings have in common: frozen, and strict about keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class BridgeSettings(Section):
    """`[bridge]`: this daemon."""

    id: Id = Field(default_factory=lambda: id_from_hostname(socket.gethostname()))


class MqttSettings(Section):
    """`[mqtt]`: the broker, or several of one cluster that are tried in turn."""

    urls: list[str] = Field(default=["mqtt://127.0.0.1:1883"], min_length=1)
    username: str | None = None
    username_file: Path | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    prefix: str = Field(default="ql_release", pattern=PREFIX_PATTERN)
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    keepalive_s: int = Field(default=30, ge=5, le=3600)
    discovery: Literal["auto", "on", "off"] = "auto"
    discovery_prefix: str = "homeassistant"

    @field_validator("urls")
    @classmethod
    def _urls_are_brokers(cls, urls: list[str]) -> list[str]:
        for url in urls:
            broker_address(url)
        return urls

    @field_validator("discovery_prefix")
    @classmethod
    def _discovery_prefix_is_a_topic(cls, prefix: str) -> str:
        if not all(prefix.split("/")) or not prefix.isprintable() or any(c in prefix for c in "+#"):
            raise ValueError(
                f"{prefix!r} must be a topic without + and #, as Home Assistant has it"
            )
        return prefix

    @model_validator(mode="after")
    def _what_belongs_together(self) -> Self:
        if self.username is not None and self.username_file is not None:
            raise ValueError("username and username_file are both set; keep one")
        if self.password_file is not None and self.username is None and self.username_file is None:
            raise ValueError("password_file is set but username is not; set both")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file belong together; set both or neither")
        files = (self.ca_file, self.cert_file)
        if any(files) and not any(address.tls for address in self.brokers):
            raise ValueError(
                "certificates are set but no URL uses TLS; begin urls with mqtts:// or wss://"
            )
        return self

    @property
    def brokers(self) -> list[BrokerAddress]:
        """The addresses in `urls`, in their order."""
        return [broker_address(url) for url in self.urls]

    def user(self) -> str | None:
        """Return `username`, or what `username_file` holds; None when there is none to give.

        Raises:
            SettingsError: when the file cannot be read or holds no user name.
        """
        if self.username_file is None:
            return self.username
        return read_password(self.username_file, "user name")

    def password(self) -> str | None:
        """Return the password in `password_file`; None when there is none to give.

        Raises:
            SettingsError: when the file cannot be read or holds no password.
        """
        return None if self.password_file is None else read_password(self.password_file)


class TcpSettings(Section):
    """`[tcp]`: where tools on the network connect."""

    enabled: bool = True
    host: str = Field(default="127.0.0.1", min_length=1)
    port: Port = DEFAULT_TCP_PORT
    key_file: Path | None = None

    @model_validator(mode="after")
    def _a_key_beyond_loopback(self) -> Self:
        if self.enabled and self.key_file is None and not is_loopback(self.host):
            raise ValueError(
                f"without a key anyone who reaches {self.host} could pose as a tool; "
                "set key_file, or host to 127.0.0.1"
            )
        return self

    def key(self) -> bytes | None:
        """Return the key in `key_file`; None when there is none.

        Raises:
            SettingsError: when the file cannot be read or holds no key.
        """
        return None if self.key_file is None else read_key(self.key_file)


class SerialSettings(Section):
    """`[[serial]]`: one port that a tool is plugged into."""

    port: str = Field(min_length=1)
    baudrate: int = Field(default=115200, ge=9600, le=4_000_000)


class SessionSettings(Section):
    """`[session]`: when a session is over."""

    end_after_s: float = Field(default=DEFAULT_END_AFTER_S, ge=10, le=3600)


class PlanStepSettings(Section):
    """`plan.steps` of a person: one spot."""

    muscle: Id
    side: Literal["left", "right"]
    zone: Literal["upper", "middle", "lower"]
    holds: int = Field(default=2, ge=1, le=20)
    hold_s: float = Field(default=30.0, ge=3, le=600)


class PlanSettings(Section):
    """`plan` of a person: what counts, and which spots are meant to be worked."""

    hold_s: float = Field(default=DEFAULT_DOSE_HOLD_S, ge=3, le=600)
    steps: list[PlanStepSettings] = []


class PersonSettings(Section):
    """`[[people]]`: a profile for those without the Home Assistant integration."""

    id: Id
    threshold_n: float | None = Field(default=None, gt=0, le=1000)
    body_mass_kg: float | None = Field(default=None, gt=0, le=500)
    plan: PlanSettings = PlanSettings()


class ToolSettings(Section):
    """`[tools.<id>]`: a name for a tool, by its hardware serial number."""

    serial: str = Field(pattern=SERIAL_NUMBER_PATTERN)
    muscle: Id | None = None
    contact_area_cm2: float | None = Field(default=None, gt=0, le=1000)
    zone_places_mm: list[tuple[float, float]] = Field(default=[], max_length=MAX_ZONES)


class JournalSettings(Section):
    """`[journal]`: where events are kept, for how long, and how much of them."""

    path: Path = Path("/var/lib/ql-release/journal.db")
    keep_days: int = Field(default=DEFAULT_KEEP_DAYS, ge=30, le=MOST_DAYS)
    keep_mb: int = Field(default=DEFAULT_KEEP_MB, ge=10, le=MOST_MB)
    frames_days: int = Field(default=DEFAULT_FRAMES_DAYS, ge=1, le=MOST_DAYS)
    frames_mb: int = Field(default=DEFAULT_FRAMES_MB, ge=1, le=MOST_MB)

    @field_validator("path")
    @classmethod
    def _path_names_a_file(cls, path: Path) -> Path:
        if not path.name:
            raise ValueError("must name a file, such as /var/lib/ql-release/journal.db")
        return path


class MetricsSettings(Section):
    """`[metrics]`: where Prometheus may ask."""

    enabled: bool = False
    host: str = Field(default="127.0.0.1", min_length=1)
    port: Port = DEFAULT_METRICS_PORT


class TimeSettings(Section):
    """`[time]`: whose time events are dated by."""

    trust_machine: bool = False
    wait_s: float = Field(default=DEFAULT_TIME_WAIT_S, ge=0, le=86_400)


class LogSettings(Section):
    """`[log]`: what the daemon says about itself, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(Section):
    """All settings; `load` makes them."""

    bridge: BridgeSettings = Field(default_factory=BridgeSettings)
    mqtt: MqttSettings = MqttSettings()
    tcp: TcpSettings = TcpSettings()
    serial: list[SerialSettings] = []
    session: SessionSettings = SessionSettings()
    people: list[PersonSettings] = []
    tools: dict[Id, ToolSettings] = {}
    muscles: list[Id] = Field(default=list(DEFAULT_MUSCLES), min_length=1)
    journal: JournalSettings = JournalSettings()
    time: TimeSettings = TimeSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        lists = {
            "serial.port": [link.port for link in self.serial],
            "people.id": [person.id for person in self.people],
            "tools.*.serial": [tool.serial for tool in self.tools.values()],
            "muscles": self.muscles,
        }
        for key, values in lists.items():
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice is not None:
                raise ValueError(f"{key} names {twice!r} twice; name it once")
        return self

    @model_validator(mode="after")
    def _muscles_are_known(self) -> Self:
        for name, tool in self.tools.items():
            if tool.muscle is not None and tool.muscle not in self.muscles:
                raise ValueError(
                    f"tools.{name}.muscle is {tool.muscle!r}, which is not in muscles; add it there"
                )
        for person in self.people:
            for step in person.plan.steps:
                if step.muscle not in self.muscles:
                    raise ValueError(
                        f"the plan of {person.id} has the muscle {step.muscle!r}, which is not in "
                        "muscles; add it there"
                    )
        return self

    def check_secrets(self) -> None:
        """Read every secret and certificate once, so that a daemon does not find out later.

        Raises:
            SettingsError: with a sentence for each file that cannot be used.
        """
        faults: list[str] = []
        for name, read in (
            ("mqtt.username_file", self.mqtt.user),
            ("mqtt.password_file", self.mqtt.password),
            ("mqtt.ca_file", lambda: need_readable(self.mqtt.ca_file)),
            ("mqtt.cert_file", lambda: need_readable(self.mqtt.cert_file)),
            ("mqtt.key_file", lambda: need_readable(self.mqtt.key_file)),
            ("tcp.key_file", self.tcp.key),
        ):
            try:
                read()
            except SettingsError as error:
                faults.append(f"{name}: {error}")
        if faults:
            raise SettingsError(*faults)
