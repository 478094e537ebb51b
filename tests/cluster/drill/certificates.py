"""Certificates for nodes on loopback, made as docs/cluster.md has it."""

import subprocess
from pathlib import Path

_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
_DAYS = 2
"""Longer than any run; nobody keeps them."""


def make(folder: Path) -> None:
    """Put an authority (`ca.crt`) and one certificate for all nodes (`node.crt`) into a folder."""
    _openssl(
        f"req -x509 {_KEY} -days {_DAYS} -subj /CN=drill -keyout {folder}/ca.key "
        f"-out {folder}/ca.crt"
    )
    _openssl(
        f"req {_KEY} -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 "
        f"-keyout {folder}/node.key -out {folder}/node.csr"
    )
    _openssl(
        f"x509 -req -in {folder}/node.csr -CA {folder}/ca.crt -CAkey {folder}/ca.key "
        f"-CAcreateserial -days {_DAYS} -copy_extensions copy -out {folder}/node.crt"
    )


def _openssl(arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], check=True, capture_output=True)
