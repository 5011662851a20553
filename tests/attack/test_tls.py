"""What ends TLS before the edge: ops/edge/tls.conf in a real nginx, with a certificate made here."""

import os
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import httpx
import pytest

from dev.environment import ROOT
from tests.foreign import until
from tests.real import free_base

RECIPE: Final = (ROOT / "ops" / "edge" / "tls.conf").read_text()
NAME: Final = "news.example"
_AROUND: Final = """
worker_processes 1; {user}
daemon off;
pid {folder}/nginx.pid;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/tls.conf;
}}
"""


class _Edge(BaseHTTPRequestHandler):
    """Answers with what it was told of the reader; /missing is not there."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/missing" else 200)
        self.end_headers()
        self.wfile.write("\n".join(self.headers.get_all("X-Forwarded-For") or ()).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def ports(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    """Give the port of HTTP, that of HTTPS, and the certificate."""
    folder = tmp_path_factory.mktemp("tls")
    plain = free_base(3)
    edge = ThreadingHTTPServer(("127.0.0.1", plain + 2), _Edge)
    Thread(target=edge.serve_forever, daemon=True).start()
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    subprocess.run(
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN={NAME} "
        f"-addext subjectAltName=DNS:{NAME} -keyout {key} -out {certificate}".split(),
        check=True, capture_output=True,
    )  # fmt: skip
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{plain + 1} ssl",
        "http://127.0.0.1:8080": f"http://127.0.0.1:{plain + 2}",
        f"/etc/ssl/{NAME}/": f"{folder}/",
    }
    recipe = RECIPE
    for there, here in changes.items():
        assert there in recipe
        recipe = recipe.replace(there, here)
    (folder / "tls.conf").write_text(recipe)
    own = folder / "nginx.conf"
    own.write_text(_AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    running = subprocess.Popen([nginx, "-c", str(own), "-e", str(folder / "error.log")])
    try:
        until(lambda: answers(plain), "nginx answers")
        yield plain, plain + 1, certificate
    finally:
        running.terminate()
        running.wait(10)
        edge.shutdown()
        edge.server_close()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=1).status_code == 301
    except httpx.TransportError:
        return False


def ask(port: int, path: str, certificate: Path, **headers: str) -> httpx.Response:
    trusted = ssl.create_default_context(cafile=certificate)
    with httpx.Client(verify=trusted) as client:
        return client.get(
            f"https://127.0.0.1:{port}{path}",
            headers={"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()},
            extensions={"sni_hostname": NAME},
            timeout=10,
        )


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/missing", 404)])
def test_every_answer_keeps_the_reader_on_tls(ports: tuple[int, int, Path], path: str, status: int) -> None:
    _, secure, certificate = ports
    answer = ask(secure, path, certificate)
    assert answer.status_code == status
    assert answer.headers.get_list("Strict-Transport-Security") == ["max-age=31536000"]
    assert answer.headers["Server"] == "nginx"


def test_plain_http_leads_to_the_name_of_the_site_and_no_other(
    ports: tuple[int, int, Path],
) -> None:
    plain, _, _ = ports
    answer = httpx.get(f"http://127.0.0.1:{plain}/a?b", headers={"Host": "evil.example"}, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{NAME}/a?b")


def test_a_reader_is_not_believed_about_its_address(ports: tuple[int, int, Path]) -> None:
    _, secure, certificate = ports
    assert ask(secure, "/", certificate, X_Forwarded_For="192.0.2.1").text == "127.0.0.1"
