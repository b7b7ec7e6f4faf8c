"""Serves a target behind a real nginx that asks for a login and a client's certificate."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.support.pipelines import free_port

HOST = "gate.example"
USER, PASSWORD = "partner", "gate-Pw-71c0-Zx"
CONFIGURATION = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name {host};
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.pem;
    ssl_client_certificate {folder}/clients.pem;
    ssl_verify_client on;
    auth_basic "staging";
    auth_basic_user_file {folder}/users;
    location / {{
      proxy_pass {target};
      proxy_set_header Host $host;
      proxy_set_header Authorization "";
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Gate:
    """A running nginx, and the files that open it."""

    port: int
    ca_file: Path
    client_cert: Path
    log: Path


@contextlib.contextmanager
def gate_before(target: str, folder: Path) -> Iterator[Gate]:
    """Serve a target behind nginx; skip the test if nginx is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    authority, clients = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    clients.cert_pem.write_to_path(folder / "clients.pem")
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    clients.issue_cert("partner@example.com").private_key_and_cert_chain_pem.write_to_path(
        folder / "client.pem"
    )
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    port = free_port()
    # Otherwise its worker is another user, who may not enter the folder of the tests.
    user = "user root root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        CONFIGURATION.format(user=user, folder=folder, port=port, host=HOST, target=target)
    )
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])  # noqa: S603 - ours
    try:
        _wait_for(folder / "nginx.pid", process)
        yield Gate(port, folder / "ca.pem", folder / "client.pem", folder / "access.log")
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until nginx, which listens before it writes its process id, has started."""
    deadline = time.monotonic() + 30
    while not path.exists() and process.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    assert path.exists(), "nginx did not start"
