"""docs/hospital.md word for word, as far as a machine without systemd can: its units, nginx with two processes, backup.

nginx and PostgreSQL are real; the addresses, certificates and ports of the page are replaced by those of the test.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.served import free_port
from hexapod.library import ANYONE, open_library
from tests.library.cluster import Cluster, programs
from tests.library.treatment import treat

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "hospital.md").read_text("utf-8")
# Every file of the page by its path, which stands in its first line.
FILES: dict[str, str] = dict(re.findall(r"```(?:ini|nginx)\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
ENV = dict(line.split("=", 1) for line in FILES["/etc/hexapod/env"].splitlines())
NGINX = FILES["/etc/nginx/conf.d/hexapod.conf"]
PATIENCE_S = 60.0


def test_the_page_has_the_files_that_it_speaks_of() -> None:
    assert set(FILES) == {
        "/etc/hexapod/env",
        "/etc/systemd/system/hexapod@.service",
        "/etc/systemd/system/hexapod-backup.service",
        "/etc/systemd/system/hexapod-backup.timer",
        "/etc/nginx/conf.d/hexapod.conf",
    }


def test_units_are_read_without_a_complaint(tmp_path: Path) -> None:
    """By systemd's own reader; the programs that they start are not there, so they are put in the place of others."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("this machine has no systemd-analyze")
    for path, text in FILES.items():
        if path.startswith("/etc/systemd"):
            (tmp_path / Path(path).name.replace("@", "@8501" if "@" in path else "")).write_text(
                text.replace("/srv/hexapod/venv/bin/hexapod", "/bin/true")
            )
    names = [str(one) for one in tmp_path.iterdir()]
    told = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True)
    ours = [line for line in told.stderr.splitlines() if str(tmp_path) in line or "hexapod" in line]
    # What is missing on a machine of tests is not the units' mistake.
    assert [line for line in ours if not re.search(r"not found|No such file|Failed to open|does not exist", line)] == []


@pytest.fixture
def database() -> Iterator[tuple[str, dict[str, str]]]:
    """A library with a treated case on a PostgreSQL of the test; its address, and what its tools need to find it."""
    cluster = Cluster()
    try:
        url = cluster.new_database()
        with open_library(url) as library:
            treat(library.as_user(ANYONE))
        name = url.split("?")[0].rsplit("/", 1)[1]
        yield url, {"PGHOST": str(cluster.folder), "PGUSER": "hexapod", "PGDATABASE": name}
    finally:
        cluster.remove()


def hexapod(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hexapod", *words],
        cwd=ROOT,
        env=os.environ | {"HEXAPOD_DATABASE_URL": url},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_backup_is_restored_with_its_head(database: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    url, env = database
    dump = re.search(r"'exec (pg_dump .*) hexapod'", FILES["/etc/systemd/system/hexapod-backup.service"])
    restore = re.search(r"^pg_restore .*$", PAGE, re.MULTILINE)
    assert dump is not None
    assert restore is not None
    made = dump[1].replace("/srv/hexapod/backup", str(tmp_path)).replace("%%", "%")
    tools = os.environ | env | {"PATH": f"{programs()}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", f"{made} {env['PGDATABASE']}"], env=tools, check=True)
    (file,) = tmp_path.glob("*.dump")
    assert file.stem == datetime.date.today().isoformat()
    heads = tmp_path / "heads"
    assert hexapod(url, "audit", "head", "--to", str(heads), "--every", "day").returncode == 0
    subprocess.run(["createdb", "restored"], env=tools, check=True)
    words = restore[0].replace("BACKUP.dump", str(file))
    subprocess.run(["sh", "-c", words], env=tools, check=True)
    other = url.replace(f"/{env['PGDATABASE']}?", "/restored?")
    found = hexapod(other, "audit", "verify", "--head", heads.read_text().split()[-1])
    assert (found.returncode, "is intact" in found.stdout) == (0, True), found.stderr
    assert hexapod(other, "audit", "verify", "--head", "999-0123456789abcdef").returncode == 1


@contextlib.contextmanager
def running(words: list[str], log: Path, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def answer(address: str, seconds: float = PATIENCE_S, **options: object) -> httpx.Response:
    """The answer, once there is one that does not say that nothing is there yet."""
    end = time.monotonic() + seconds
    with httpx.Client(**options) as client:  # type: ignore[arg-type]
        while True:
            with contextlib.suppress(httpx.TransportError):
                found = client.get(address)
                if found.status_code not in (502, 504) or time.monotonic() > end:
                    return found
            assert time.monotonic() < end, address
            time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.hazard("H-22")
def test_two_processes_behind_nginx_below_a_sub_path(database: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    url, _ = database
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "fullchain.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    ports, https, http = [free_port(), free_port()], free_port(), free_port()
    text = NGINX.replace("localhost:8501", f"localhost:{ports[0]}").replace("localhost:8502", f"localhost:{ports[1]}")
    text = text.replace("listen 443", f"listen {https}").replace("listen 80", f"listen {http}")
    text = text.replace("/etc/ssl/hexapod/", f"{tmp_path}/").replace("hexapod.hospital.example", "localhost")
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\nclient_body_temp_path {tmp_path}/body;\n"
        f"proxy_temp_path {tmp_path}/proxy;\nfastcgi_temp_path {tmp_path}/f;\nuwsgi_temp_path {tmp_path}/u;\n"
        f"scgi_temp_path {tmp_path}/s;\n{text}}}\n"
    )
    told = subprocess.run([nginx, "-t", "-c", str(conf)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    # Sign-in is proved by tests/sign_in; without it the app answers its own machine, as here.
    env = os.environ | ENV | {"HEXAPOD_DATABASE_URL": url, "HEXAPOD_SIGN_IN": ""}
    words = re.search(r"ExecStart=\S+hexapod (.*)", FILES["/etc/systemd/system/hexapod@.service"])
    assert words is not None
    with contextlib.ExitStack() as all_running:
        for port in ports:
            command = [sys.executable, "-m", "hexapod", *words[1].replace("%i", str(port)).split()]
            all_running.enter_context(running(command, tmp_path / f"{port}.log", cwd=ROOT, env=env))
        all_running.enter_context(running([nginx, "-c", str(conf), "-g", "daemon off;"], tmp_path / "nginx.log"))
        for port in ports:
            assert answer(f"http://localhost:{port}/ready").text == "ready\n"
        trust = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
        page = answer(f"https://localhost:{https}/frames/", verify=trust)
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert page.headers.get_list("Content-Security-Policy")[0].startswith("default-src 'none'")
        assert answer(f"https://localhost:{https}/frames/ready", verify=trust).text == "ready\n"
        assert answer(f"https://localhost:{https}/elsewhere", verify=trust).status_code == 404
        moved = answer(f"http://localhost:{http}/frames/?case=x")
        assert (moved.status_code, moved.headers["Location"]) == (301, "https://localhost/frames/?case=x")
    for port in ports:
        lines = [one for one in (tmp_path / f"{port}.log").read_text("utf-8").splitlines() if one.startswith("{")]
        for found in map(json.loads, lines):
            assert set(found) <= {"at", "level", "logger", "place", "what", "kinds", "error", "through"}
