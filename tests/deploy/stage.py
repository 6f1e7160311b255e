"""A machine in a folder: deploy/install.sh fills it, and what the units and nginx's site say is started in it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer

from ml.artifacts import EMOTION_MODEL
from ml.files import hash_file
from ml.store.publish import publish
from tests.deploy.units import command_of, environment_of
from tests.faults.stage import write_sample
from tests.services.postgresql import PostgresServer
from tests.services.process import ROOT, ServiceProcess, free_port, require_binary
from tests.services.redis import RedisServer

HOST = "localhost"  # the one name that leads here without a name server
BUCKET = "models"
LEFT_OUT = (".git", ".venv", "var", "tests", "benchmarks", "docs", "corpus", "__pycache__", ".*_cache", ".hypothesis")
# What Debian's nginx.conf says around the site, and compression on, as there: the site must turn it off.
NGINX = """
daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 256; }}
http {{
  include /etc/nginx/mime.types; default_type application/octet-stream; gzip on; gzip_types *; sendfile on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


class Stage:
    """The folder, and the processes of the site once they are started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "machine"
        self.source = folder / "source"
        self.units = self.root / "etc/systemd/system"
        self.certificate = self.root / "etc/moduhyu/tls/fullchain.pem"
        self.ports = {name: free_port() for name in ("80", "443", "8081")}
        self.release = ""
        self.variables: dict[str, str] = {}  # what install.sh is told of the servers elsewhere
        self.url = f"https://{HOST}:{self.ports['443']}"

    def make_source(self, *, has_whole_catalogue: bool = False) -> None:
        """A clone of what lies here, committed or not, by default with a small catalogue."""
        shutil.copytree(ROOT, self.source, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for name in () if has_whole_catalogue else ("movies", "tracks"):
            write_sample(ROOT / f"catalog/data/{name}.csv.gz", self.source / f"catalog/data/{name}.csv.gz")
        self.release = self.commit("the release")

    def commit(self, message: str) -> str:
        """Commit everything in the source; returns the commit."""
        git = ["git", "-C", str(self.source), "-c", "user.name=test", "-c", "user.email=test@example.com"]
        subprocess.run(["git", "init", "--quiet", self.source], check=True)
        subprocess.run([*git, "add", "--all", "--force"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", message], check=True)
        return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()

    def boot(self) -> subprocess.CompletedProcess[str]:
        """Do what cloud-init does with the user data: write its files, then run its command."""
        data = yaml.safe_load((self.source / "deploy/cloud-init.yaml").read_text(encoding="utf-8"))
        values = {
            "RELEASE_URL": str(self.source),
            "RELEASE_REF": self.release,
            "SITE_HOST": HOST,
            **{name: value for name, value in self.variables.items() if name.startswith("MODEL_")},
        }
        for file in data["write_files"]:
            path = self.root / file["path"].lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            content = re.sub(r"/(?:opt|root)/moduhyu", rf"{self.root}\g<0>", file["content"])
            for name, value in values.items():
                content = re.sub(rf"^((?:export )?{name}=).*$", rf"\g<1>{value}", content, flags=re.MULTILINE)
            path.write_text(content, encoding="utf-8")
            path.chmod(int(file.get("permissions", "0644"), 8))
        [command] = data["runcmd"]
        return self._run([self.root / command[0].lstrip("/"), *command[1:]])

    def install(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run install.sh once more."""
        return self._run([self.source / "deploy/install.sh"], SITE_HOST=HOST, **(self.variables | variables))

    def _run(self, command: Sequence[str | Path], **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if name.startswith("AWS_")},
            **{name: self.variables[name] for name in ("DATABASE_URL", "REDIS_URL")},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "DESTDIR": str(self.root),
            "VENV": sys.prefix,
            **variables,
        }
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def environment(self) -> dict[str, str]:
        """What systemd would give the site's services."""
        own = environment_of(self.units / "moduhyu-.service.d/sandbox.conf")
        inherited = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        return {"PATH": os.environ["PATH"], **inherited, **own}

    def service(self, name: str, sign: str, *, sockets: tuple[int, ...] = ()) -> ServiceProcess:
        """A service by the command line of its unit, ready when its log holds `sign`."""
        environment = self.environment()
        command = command_of(self.units / f"moduhyu-{name}.service", environment)
        if sockets:  # systemd hands the first socket over as file 3
            script = f'exec 3<&{sockets[0]}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
            command = ["bash", "-c", script, "bash", *command]
        process = ServiceProcess(
            command,
            log=self.folder / f"{name}.log",
            is_ready=lambda: sign in process.output(),
            env=environment,
            cwd=self.root / "opt/moduhyu/current",
            pass_fds=sockets,
        )
        return process

    def nginx(self, *, ports: Mapping[str, int] | None = None, upstream: str = "web.sock") -> ServiceProcess:
        """nginx with the installed site, on free ports of the loopback address."""
        ports = ports or self.ports
        folder = Path(tempfile.mkdtemp(prefix="nginx-", dir=self.folder))
        site = (self.root / "etc/nginx/sites-available/moduhyu").read_text().replace("web.sock", upstream)
        site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)  # not every machine has IPv6
        site = re.sub(r"listen (?:127\.0\.0\.1:)?(\d+)", lambda match: f"listen 127.0.0.1:{ports[match[1]]}", site)
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
        command = [require_binary("/usr/sbin/nginx", "nginx"), "-c", folder / "nginx.conf", "-p", folder]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr, checked.stderr
        return ServiceProcess(command, log=folder / "nginx.log", is_ready=lambda: _listens(ports["443"]))

    @contextmanager
    def nginx_alone(self) -> Iterator[str]:
        """The address of an nginx behind which no site is."""
        ports = {name: free_port() for name in self.ports}
        nginx = self.nginx(ports=ports, upstream="nobody.sock")
        nginx.start()
        try:
            yield f"https://{HOST}:{ports['443']}"
        finally:
            nginx.stop()


def bind_socket(path: Path) -> socket.socket:
    """What moduhyu-web.socket holds: it listens for as long as this object lives, whoever accepts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(2048)
    return listener


@contextmanager
def model_store() -> Iterator[dict[str, str]]:
    """An S3 server that holds the shipped model; yields what install.sh is told of it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket=BUCKET)
    store = f"s3://{BUCKET}/of/the/site"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", url)
        version = publish(EMOTION_MODEL, store, name="emotion", show_progress=False).version
    yield {
        "MODEL_STORE": store,
        "MODEL_VERSION": version,
        "MODEL_SHA256": hash_file(EMOTION_MODEL / "manifest.json"),
        "AWS_ENDPOINT_URL": url,
    }
    server.stop()


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis, as install.sh is told of them."""
    with ExitStack() as stack:
        database, redis = PostgresServer(), RedisServer()
        stack.callback(database.close)
        stack.callback(redis.close)
        database.start()
        redis.start()
        yield {"DATABASE_URL": database.url, "REDIS_URL": redis.url}


def temporary_machine() -> Path:
    """A folder that nginx's and PostgreSQL's users may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="moduhyu-deploy-"))
    folder.chmod(0o755)
    return folder


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
