"""Settings: where they come from, what they may be, what is said when they are wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ql_release.settings import (
    Settings,
    SettingsError,
    load,
    load_with_sources,
    loading,
    located,
)
from ql_release.settings.addresses import broker_address, id_from_hostname, is_loopback
from ql_release.settings.faults import known_keys
from ql_release.settings.show import as_toml

Writer = Callable[..., Path]
KEY = "00112233445566778899aabbccddeeff"


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Return a function that writes a settings file and returns its path."""

    def write_file(text: str, name: str = "config.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def sentences(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    """Return what is said of settings that are wrong."""
    with pytest.raises(SettingsError) as caught:
        load(path, environ or {})
    return list(caught.value.sentences)


def test_without_a_file_and_environment_there_are_working_defaults() -> None:
    settings = load(None, {})
    assert settings.mqtt.urls == ["mqtt://127.0.0.1:1883"]
    assert settings.tcp.host == "127.0.0.1"
    assert settings.session.end_after_s == 120
    assert settings.muscles == [
        "quadratus_lumborum",
        "gluteus_medius",
        "piriformis",
        "psoas",
        "erector_spinae",
    ]
    assert str(settings.journal.path) == "/var/lib/ql-release/journal.db"


def test_the_file_wins_over_the_environment_and_that_over_the_defaults(write: Writer) -> None:
    path = write('[mqtt]\nusername = "from-file"\n')
    environ = {
        "QL_RELEASE_MQTT__USERNAME": "from-environment",
        "QL_RELEASE_MQTT__PREFIX": "house/ql",
        "QL_RELEASE_TCP__PORT": "7777",
    }
    settings = load(path, environ)
    assert settings.mqtt.username == "from-file"
    assert settings.mqtt.prefix == "house/ql"
    assert settings.tcp.port == 7777
    assert settings.mqtt.keepalive_s == Settings().mqtt.keepalive_s


def test_lists_and_tables_come_from_the_environment_as_json() -> None:
    environ = {
        "QL_RELEASE_MQTT__URLS": '["mqtt://a", "mqtts://b:1"]',
        "QL_RELEASE_SERIAL": '[{"port": "/dev/ttyACM0"}]',
        "QL_RELEASE_TOOLS__MINE__SERIAL": "00112233445566ff",
    }
    settings = load(None, environ)
    assert [broker.port for broker in settings.mqtt.brokers] == [1883, 1]
    assert settings.serial[0].baudrate == 115200
    assert settings.tools["mine"].serial == "00112233445566ff"


def test_a_list_in_the_file_replaces_that_of_the_environment(write: Writer) -> None:
    path = write('[mqtt]\nurls = ["mqtt://file"]\n')
    settings = load(path, {"QL_RELEASE_MQTT__URLS": '["mqtt://one", "mqtt://two"]'})
    assert settings.mqtt.urls == ["mqtt://file"]


def test_systemd_says_where_the_journal_lies_unless_it_is_set() -> None:
    state = {"STATE_DIRECTORY": "/run/state:/run/other"}
    assert load(None, state).journal.path == Path("/run/state/journal.db")
    environ = {**state, "QL_RELEASE_JOURNAL__PATH": "/elsewhere/j.db"}
    assert load(None, environ).journal.path == Path("/elsewhere/j.db")


def test_relative_files_are_meant_from_the_settings_file(write: Writer, tmp_path: Path) -> None:
    path = write(
        '[mqtt]\nusername = "u"\npassword_file = "secret"\n[journal]\npath = "/abs/j.db"\n'
    )
    settings = load(path, {})
    assert settings.mqtt.password_file == tmp_path / "secret"
    assert settings.journal.path == Path("/abs/j.db")


WRONG = {
    "a misspelt key": (
        '[mqtt]\nulrs = ["mqtt://x"]',
        "mqtt.ulrs is not a setting; did you mean mqtt.urls?",
    ),
    "a key of another table": (
        "[bridge]\nbaudrate = 9600",
        "bridge.baudrate is not a setting; did you mean serial.*.baudrate?",
    ),
    "a password in place of its file": (
        '[mqtt]\npassword = "hunter2"',
        "mqtt.password is not a setting; did you mean mqtt.password_file?",
    ),
    "a misspelt table": (
        "[jurnal]\n",
        "jurnal is not a setting; did you mean journal?",
    ),
    "a key like no other": (
        "zzz = 1",
        (
            "zzz is not a setting; there are bridge, journal, log, metrics, mqtt, muscles, people, "
            "serial, session, tcp, time, tools."
        ),
    ),
    "a misspelt key in a list of tables": (
        '[[serial]]\nport = "/dev/a"\nbaud_rate = 1',
        "serial[1].baud_rate is not a setting; did you mean serial[1].baudrate?",
    ),
    "a misspelt key of a tool": (
        '[tools.a]\nserial = "0011223344556677"\nmusle = "psoas"',
        "tools.a.musle is not a setting; did you mean tools.a.muscle?",
    ),
    "a missing key": ("[tools.a]\n", "tools.a.serial is missing; add it."),
    "a bad bridge id": (
        '[bridge]\nid = "My Pi"',
        "bridge.id must be 1 to 32 of a to z, 0 to 9, _ and -, not 'My Pi'.",
    ),
    "a bad tool id": (
        '[tools."My Tool"]\nserial = "0011223344556677"',
        "tools.My Tool must be 1 to 32 of a to z, 0 to 9, _ and -, not 'My Tool'.",
    ),
    "a bad prefix": (
        '[mqtt]\nprefix = "a/b/c/d"',
        (
            "mqtt.prefix must be 1 to 3 levels of a to z, 0 to 9, _ and -, separated by /, "
            "not 'a/b/c/d'."
        ),
    ),
    "a bad serial number": (
        '[tools.a]\nserial = "0xABC"',
        "tools.a.serial must be 16 hexadecimal digits in small letters, not '0xABC'.",
    ),
    "a port out of range": ("[tcp]\nport = 70000", "tcp.port must be at most 65535, not 70000."),
    "a port that is no number": (
        '[tcp]\nport = "http"',
        "tcp.port must be a whole number, not 'http'.",
    ),
    "a number that is none": (
        '[[people]]\nid = "a"\nthreshold_n = nan',
        "people[1].threshold_n must be a finite number, not nan.",
    ),
    "a negative force": (
        '[[people]]\nid = "a"\nthreshold_n = -1.0',
        "people[1].threshold_n must be above 0, not -1.0.",
    ),
    "an unknown choice": (
        '[log]\nlevel = "loud"',
        "log.level must be 'debug', 'info', 'warning' or 'error', not 'loud'.",
    ),
    "text in place of a list": (
        '[mqtt]\nurls = "mqtt://x"',
        "mqtt.urls must be a list in [brackets], not 'mqtt://x'.",
    ),
    "a password in a text in place of a list": (
        '[mqtt]\nurls = "mqtt://me:hunter2@host"',
        "mqtt.urls must be a list in [brackets], not 'mqtt://…@host'.",
    ),
    "an empty list": ("[mqtt]\nurls = []", "mqtt.urls must not be empty."),
    "a password in a URL": (
        '[mqtt]\nurls = ["mqtt://me:hunter2@host"]',
        "mqtt.urls: must not hold a user or password; use username and password_file.",
    ),
    "another kind of URL": (
        '[mqtt]\nurls = ["http://host"]',
        (
            "mqtt.urls: 'http://host' must look like mqtt://host:1883, mqtts://host:8883 or "
            "wss://host/mqtt."
        ),
    ),
    "a path where there can be none": (
        '[mqtt]\nurls = ["mqtt://host/mqtt"]',
        (
            "mqtt.urls: 'mqtt://host/mqtt' has a path, which only ws:// and wss:// can have; "
            "leave it out."
        ),
    ),
    "a path that is none": (
        '[mqtt]\nurls = ["ws://host/a b"]',
        "mqtt.urls: 'ws://host/a b' has a path with spaces or other letters; write them as %20.",
    ),
    "a token in a URL": (
        '[mqtt]\nurls = ["ws://host/mqtt?token=hunter2"]',
        "mqtt.urls: must not hold anything after ? or #; brokers are found by path alone.",
    ),
    "a URL with a bad port": (
        '[mqtt]\nurls = ["mqtt://host:99999"]',
        "mqtt.urls: 'mqtt://host:99999' names no port between 1 and 65535.",
    ),
    "a password without a name": (
        '[mqtt]\npassword_file = "/x"',
        "mqtt: password_file is set but username is not; set both.",
    ),
    "half a certificate": (
        '[mqtt]\nurls = ["mqtts://h"]\ncert_file = "/x"',
        "mqtt: cert_file and key_file belong together; set both or neither.",
    ),
    "certificates without TLS": (
        '[mqtt]\nca_file = "/x"',
        "mqtt: certificates are set but no URL uses TLS; begin urls with mqtts:// or wss://.",
    ),
    "a discovery prefix that is no topic": (
        '[mqtt]\ndiscovery_prefix = "home/+"',
        (
            "mqtt.discovery_prefix: 'home/+' must be a topic without + and #, "
            "as Home Assistant has it."
        ),
    ),
    "a discovery prefix with an empty level": (
        '[mqtt]\ndiscovery_prefix = "homeassistant/"',
        (
            "mqtt.discovery_prefix: 'homeassistant/' must be a topic without + and #, "
            "as Home Assistant has it."
        ),
    ),
    "two user names": (
        '[mqtt]\nusername = "u"\nusername_file = "/x"',
        "mqtt: username and username_file are both set; keep one.",
    ),
    "tools from anywhere without a key": (
        '[tcp]\nhost = "0.0.0.0"',
        (
            "tcp: without a key anyone who reaches 0.0.0.0 could pose as a tool; set key_file, "
            "or host to 127.0.0.1."
        ),
    ),
    "one serial number twice": (
        '[tools.a]\nserial = "0011223344556677"\n[tools.b]\nserial = "0011223344556677"',
        "tools.*.serial names '0011223344556677' twice; name it once.",
    ),
    "one person twice": (
        '[[people]]\nid = "a"\n[[people]]\nid = "a"',
        "people.id names 'a' twice; name it once.",
    ),
    "a journal without a name": (
        '[journal]\npath = ""',
        "journal.path: must name a file, such as /var/lib/ql-release/journal.db.",
    ),
    "an unknown muscle": (
        '[tools.a]\nserial = "0011223344556677"\nmuscle = "biceps"',
        "tools.a.muscle is 'biceps', which is not in muscles; add it there.",
    ),
    "an unknown muscle in a plan": (
        (
            '[[people]]\nid = "a"\n[[people.plan.steps]]\n'
            'muscle = "biceps"\nside = "left"\nzone = "upper"'
        ),
        "the plan of a has the muscle 'biceps', which is not in muscles; add it there.",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_is_one_sentence_that_says_what_to_write(
    write: Writer, text: str, sentence: str
) -> None:
    path = write(text)
    found = sentences(path)
    assert len(found) == 1
    assert found[0].removeprefix(f"{path}: ") == sentence
    assert "hunter2" not in found[0]


def test_faults_name_the_file_or_the_variable_they_came_from(write: Writer) -> None:
    path = write('[bridge]\nname = "x"\n')
    found = sentences(path, {"QL_RELEASE_TCP__PORT": "none", "QL_RELEASE_MQTT__URL": "x"})
    assert f"{path}: bridge.name is not a setting; did you mean bridge.id?" in found
    assert "QL_RELEASE_TCP__PORT: tcp.port must be a whole number, not 'none'." in found
    assert "QL_RELEASE_MQTT__URL: mqtt.url is not a setting; did you mean mqtt.urls?" in found
    assert len(found) == 3


def test_a_variable_that_is_no_setting_is_left_alone_when_it_is_known() -> None:
    assert load(None, {"QL_RELEASE_MICROPYTHON": "/usr/bin/micropython"}) == load(None, {})


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"QL_RELEASE_SERIAL": "[{]"}, "QL_RELEASE_SERIAL holds neither plain text nor valid JSON"),
        (
            {"QL_RELEASE_TCP": "x", "QL_RELEASE_TCP__PORT": "1"},
            "QL_RELEASE_TCP__PORT contradicts another variable that sets all of tcp",
        ),
        ({"QL_RELEASE_TCP": "x"}, "QL_RELEASE_TCP: tcp must be a table, not 'x'."),
    ],
)
def test_a_wrong_variable_is_one_sentence(environ: dict[str, str], words: str) -> None:
    found = sentences(None, environ)
    assert len(found) == 1
    assert found[0].startswith(words)


def test_a_file_that_is_absent_or_not_toml_or_not_text_is_one_sentence(
    write: Writer, tmp_path: Path
) -> None:
    absent = tmp_path / "absent.toml"
    assert sentences(absent) == [
        f"{absent} cannot be read (no such file or directory); name a readable file with --config."
    ]
    for text in ("[mqtt\n", "a = " + "[" * 5000):
        broken = write(text)
        assert sentences(broken)[0].startswith(f"{broken} is not valid TOML: ")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    assert sentences(binary) == [f"{binary} is not UTF-8 text; save it as UTF-8."]


def test_secrets_are_read_from_their_files_without_the_line_end(
    write: Writer, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("open sesame\n", encoding="utf-8")
    (tmp_path / "key").write_text("00112233445566778899aabbccddeeff\n", encoding="utf-8")
    path = write(
        '[mqtt]\nusername = "u"\npassword_file = "password"\n'
        '[tcp]\nhost = "0.0.0.0"\nkey_file = "key"\n'
    )
    settings = load(path, {})
    settings.check_secrets()
    assert settings.mqtt.password() == "open sesame"
    assert settings.tcp.key() == b"00112233445566778899aabbccddeeff"


def test_without_files_there_are_no_secrets() -> None:
    settings = load(None, {})
    assert settings.mqtt.password() is None
    assert settings.tcp.key() is None


@pytest.mark.parametrize(
    ("password", "key", "words"),
    [
        (None, b"k" * 32, "mqtt.password_file: "),
        (b"", b"k" * 32, "must hold the password alone"),
        (b"a\nb\n", b"k" * 32, "must hold the password alone"),
        (b"\xff", b"k" * 32, "is not UTF-8 text"),
        (b"x" * 5000, b"k" * 32, "is too long for a secret"),
        (b"p", b"short\n", "holds a key of 5 bytes, which is too short"),
        (b"p", None, "tcp.key_file: "),
    ],
)
def test_a_secret_that_cannot_be_used_is_one_sentence(
    write: Writer, tmp_path: Path, password: bytes | None, key: bytes | None, words: str
) -> None:
    for name, contents in (("password", password), ("key", key)):
        if contents is not None:
            (tmp_path / name).write_bytes(contents)
    path = write('[mqtt]\nusername = "u"\npassword_file = "password"\n[tcp]\nkey_file = "key"\n')
    settings = load(path, {})
    with pytest.raises(SettingsError) as caught:
        settings.check_secrets()
    assert len(caught.value.sentences) == 1
    assert words in caught.value.sentences[0]


def test_each_certificate_file_that_is_missing_is_one_sentence(
    write: Writer, tmp_path: Path
) -> None:
    names = ("ca_file", "cert_file", "key_file")
    lines = "".join(f'{name} = "{name}.pem"\n' for name in names)
    settings = load(write(f'[mqtt]\nurls = ["mqtts://broker"]\n{lines}'), {})
    with pytest.raises(SettingsError) as caught:
        settings.check_secrets()
    reason = "cannot be read (no such file or directory); check its name and who may read it."
    assert list(caught.value.sentences) == [
        f"mqtt.{name}: {tmp_path / name}.pem {reason}" for name in names
    ]
    for name in names:
        (tmp_path / f"{name}.pem").touch()
    settings.check_secrets()


CREDENTIALS = (
    '[mqtt]\nusername_file = "credential:mqtt-user"\npassword_file = "credential:mqtt-password"\n'
    'urls = ["wss://broker"]\nca_file = "credential:ca"\n[tcp]\nkey_file = "credential:tool-key"\n'
)


def test_credentials_of_systemd_are_read_from_its_directory(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    (tmp_path / "credentials").mkdir()
    contents = {"mqtt-user": "pi\n", "mqtt-password": "open sesame\n", "ca": "", "tool-key": KEY}
    for name, text in contents.items():
        (tmp_path / "credentials" / name).write_text(text, encoding="utf-8")
    settings = load(write(CREDENTIALS), {})
    settings.check_secrets()
    assert settings.mqtt.user() == "pi"
    assert settings.mqtt.password() == "open sesame"
    assert settings.tcp.key() == KEY.encode()


def test_credentials_outside_a_service_are_a_sentence_each(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(SettingsError) as caught:
        load(write(CREDENTIALS), {}).check_secrets()
    assert len(caught.value.sentences) == 4
    assert caught.value.sentences[1] == (
        "mqtt.password_file: credential:mqtt-password is there only for a service: add "
        "LoadCredential=mqtt-password:… to the daemon's unit, and let systemd start it; by hand, "
        "name a file instead."
    )


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../../etc/passwd"])
def test_a_credential_is_never_a_file_elsewhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(SettingsError, match="names no credential"):
        located(Path(f"credential:{name}"))


def test_a_file_that_is_no_credential_is_where_it_says() -> None:
    assert located(Path("/etc/ql-release/mqtt-password")) == Path("/etc/ql-release/mqtt-password")


class OutOfReach(type(Path())):  # type: ignore[misc]
    """A path in a folder that this user may not look into; root may look anywhere."""

    def is_file(self) -> bool:
        """Fail as it does for such a user."""
        raise PermissionError(13, "Permission denied", str(self))

    def read_text(self, *_args: object, **_more: object) -> str:
        """Fail likewise."""
        raise PermissionError(13, "Permission denied", str(self))


def test_the_usual_file_in_a_folder_that_may_not_be_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "DEFAULT_PATH", OutOfReach("/etc/ql-release/config.toml"))
    (sentence,) = sentences(None)
    assert sentence == (
        "/etc/ql-release/config.toml cannot be read (permission denied); "
        "name a readable file with --config."
    )


def test_what_is_shown_gives_the_same_settings_again_and_no_secret(
    write: Writer, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("open sesame", encoding="utf-8")
    path = write(
        '[mqtt]\nusername = "u \\"quoted\\""\npassword_file = "password"\n'
        '[[serial]]\nport = "/dev/ttyACM0"\n'
        '[[people]]\nid = "a"\nthreshold_n = 95.5\n[people.plan]\nhold_s = 20\n'
        '[[people.plan.steps]]\nmuscle = "psoas"\nside = "left"\nzone = "upper"\nholds = 3\n'
        '[[people.plan.steps]]\nmuscle = "psoas"\nside = "right"\nzone = "lower"\n'
        '[tools.mine]\nserial = "0011223344556677"\n'
    )
    environ = {"QL_RELEASE_TCP__PORT": "7777"}
    loaded = load_with_sources(path, environ)
    shown = "\n".join(as_toml(loaded))
    assert "open sesame" not in shown
    assert load(write(shown, "shown.toml"), {}) == loaded.settings


def test_what_is_shown_says_where_each_value_came_from(write: Writer) -> None:
    path = write('[mqtt]\nusername = "u"\n')
    loaded = load_with_sources(path, {"QL_RELEASE_TCP__PORT": "7777"})
    shown = [line for line in as_toml(loaded) if " = " in line]
    lines = {line.partition(" =")[0]: line for line in reversed(shown)}  # tcp's port comes first
    assert lines["username"].endswith(f"# {path}")
    assert lines["port"].endswith("# QL_RELEASE_TCP__PORT")
    assert lines["prefix"].endswith("# default")


def test_every_key_is_explained_to_users(repository: Path) -> None:
    text = (repository / "docs" / "settings.md").read_text(encoding="utf-8")
    names = {key.replace("tools.*", "tools.<id>").replace(".*", "[]") for key in known_keys()}
    tables = {
        name for name in names if any(other.startswith((f"{name}.", f"{name}[")) for other in names)
    }
    tables.add("tools")
    assert {name for name in names - tables if f"| `{name}` |" not in text} == set()


@pytest.mark.parametrize(
    ("hostname", "name"),
    [
        ("raspberrypi", "raspberrypi"),
        ("Kitchen.local", "kitchen"),
        ("Küche 2", "k-che-2"),
        ("", "bridge"),
        ("---x---", "x"),
        ("a" * 40, "a" * 32),
    ],
)
def test_a_host_name_becomes_an_id(hostname: str, name: str) -> None:
    assert id_from_hostname(hostname) == name


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - is what is tested
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_itself_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_urls_have_the_ports_of_the_convention() -> None:
    assert broker_address("mqtt://host").port == 1883
    secure = broker_address("mqtts://[::1]")
    assert (secure.host, secure.port, secure.tls) == ("::1", 8883, True)
    assert secure.path is None
    assert secure.label == "mqtts://[::1]:8883"


@pytest.mark.parametrize(
    ("url", "port", "path", "label"),
    [
        ("ws://host", 80, "/mqtt", "ws://host:80/mqtt"),
        ("wss://host", 443, "/mqtt", "wss://host:443/mqtt"),
        ("ws://host:9001/", 9001, "/", "ws://host:9001/"),
        ("wss://host/a/b%20c", 443, "/a/b%20c", "wss://host:443/a/b%20c"),
    ],
)
def test_a_websocket_has_a_path(url: str, port: int, path: str, label: str) -> None:
    address = broker_address(url)
    assert (address.host, address.port, address.path) == ("host", port, path)
    assert address.tls == url.startswith("wss:")
    assert address.label == label
