"""Secrets, read from the files that settings name.

A file can also be named as `credential:NAME`: it is then the one that systemd has put into the
directory of the service's credentials, with `LoadCredential=NAME:…` or its encrypted kin.
"""

import os
from pathlib import Path

from ql_release.settings.errors import SettingsError

SECRET_KEYS = frozenset({"username_file", "password_file", "key_file"})
"""Settings that name a file with a secret."""
CREDENTIAL = "credential:"
"""What a setting begins with that names a credential instead of a file."""
CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd tells a service where its credentials are."""
MAX_SECRET_BYTES = 4096
"""Longer files are no passwords or keys but a mistake; they are refused before being read."""
MIN_KEY_BYTES = 16
"""128 bits: a shared key that is shorter can be searched for from one recorded handshake."""


def located(path: Path) -> Path:
    """Return where the file is that a setting names, which may be a credential.

    Raises:
        SettingsError: when it is a credential, and there are none or it has no proper name.
    """
    text = str(path)
    if not text.startswith(CREDENTIAL):
        return path
    name = text.removeprefix(CREDENTIAL)
    if name in ("", ".", "..") or "/" in name:
        raise SettingsError(
            f"{text} names no credential; write {CREDENTIAL} and what LoadCredential= calls it."
        )
    directory = os.environ.get(CREDENTIALS_DIRECTORY)
    if not directory:
        raise SettingsError(
            f"{text} is there only for a service: add LoadCredential={name}:… to the daemon's "
            "unit, and let systemd start it; by hand, name a file instead."
        )
    return Path(directory, name)


def read_password(path: Path, what: str = "password") -> str:
    """Return the password in a file, without the line ending that editors add.

    Args:
        path: the file or credential.
        what: what it holds, for messages.

    Raises:
        SettingsError: when the file cannot be read, is empty, or holds more than one line.
    """
    try:
        password = _read(path).decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text; put the {what} alone in it.") from error
    if not password or "\n" in password:
        raise SettingsError(f"{path} must hold the {what} alone, on its first and only line.")
    return password


def read_key(path: Path) -> bytes:
    """Return the shared key in a file: its contents without the white space around them.

    The tool reads its copy of the file in the same way, so the two agree whatever it holds.

    Raises:
        SettingsError: when the file cannot be read or its key is shorter than 16 bytes.
    """
    key = _read(path).strip()
    if len(key) < MIN_KEY_BYTES:
        raise SettingsError(
            f"{path} holds a key of {len(key)} bytes, which is too short: write 32 random bytes "
            f"as hex, such as `openssl rand -hex 32 > {path}` does, and give the tool the same."
        )
    return key


def need_readable(path: Path | None) -> None:
    """Look whether a file that is used later, such as a certificate, can be read.

    Raises:
        SettingsError: when it cannot.
    """
    if path is None:
        return
    try:
        located(path).open("rb").close()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"{path} cannot be read ({reason}); check its name and who may read it."
        ) from error


def _read(path: Path) -> bytes:
    """Return the file's bytes, or say why not."""
    file = located(path)
    try:
        if file.stat().st_size > MAX_SECRET_BYTES:
            raise SettingsError(f"{path} is too long for a secret; put the secret alone in it.")
        return file.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"{path} cannot be read ({reason}); create it, readable by the daemon's user alone."
        ) from error
