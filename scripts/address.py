"""Says whether the site can be opened at an address, and by which names it will be called there.

Standard library only, run with `python -IS scripts/address.py HOST PORT` before anything is installed.
Prints one line: `ok NAME,NAME…`, `taken NEXT_FREE_PORT`, `denied`, `not-a-port` or `not-here`.
"""

import errno
import socket
import subprocess
import sys

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (compared with, never bound by default)
LAST_PORT = 65535


def check_bind(host: str, port: int) -> None:
    """Bind as gunicorn will; raises OSError with the reason when that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def next_free_port(host: str, port: int) -> int:
    """The first port after `port` that can be bound; `port` itself when there is none."""
    for candidate in range(port + 1, LAST_PORT + 1):
        try:
            check_bind(host, candidate)
        except OSError:
            continue
        return candidate
    return port


def local_names() -> list[str]:
    """This machine's name and addresses, IPv6 in brackets as it stands in a Host header."""
    name = socket.gethostname().lower()
    names = [name] if "." in name else [name, f"{name}.local"]
    try:
        listed = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return names
    return names + [f"[{address}]" if ":" in address else address for address in listed.split()]


def allowed_hosts(host: str) -> list[str]:
    """The names under which a site bound to `host` may be asked for."""
    if host in EVERY_ADDRESS:
        return [*LOOPBACK_NAMES, *local_names()]
    return [*LOOPBACK_NAMES, f"[{host}]" if ":" in host else host.lower()]


def describe(host: str, port_text: str) -> str:
    """The line to print for this address."""
    if not (port_text.isascii() and port_text.isdigit() and len(port_text) <= 5 and 1 <= int(port_text) <= LAST_PORT):
        return "not-a-port"
    port = int(port_text)
    try:
        check_bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"taken {next_free_port(host, port)}"
        return "denied" if error.errno == errno.EACCES else "not-here"
    return "ok " + ",".join(dict.fromkeys(allowed_hosts(host)))


if __name__ == "__main__":
    sys.stdout.write(describe(sys.argv[1], sys.argv[2]) + "\n")
