"""Reads the systemd units as installed: what they run, and with which environment."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path


def lines_of(file: Path, key: str) -> list[str]:
    """Every value of a key, in the order of the file; one that goes on in the next line is no part of ours."""
    return re.findall(rf"^{key}=(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)


def read_environment(file: Path) -> dict[str, str]:
    """An EnvironmentFile, as systemd and Bash both read it."""
    words = shlex.split(file.read_text(encoding="utf-8"), comments=True)
    return dict(word.partition("=")[::2] for word in words)


def command_of(unit: Path, environment: Mapping[str, str], key: str = "ExecStart") -> list[str]:
    """The command of a service, variables filled in."""
    [line] = lines_of(unit, key)
    return [re.sub(r"\$\{(\w+)\}", lambda match: environment[match[1]], word) for word in shlex.split(line)]


def environment_of(sandbox: Path) -> dict[str, str]:
    """What every service of the site is given: the file of settings, over the lines of the drop-in."""
    [file] = lines_of(sandbox, "EnvironmentFile")
    words = [word for line in lines_of(sandbox, "Environment") for word in shlex.split(line)]
    return {**dict(word.partition("=")[::2] for word in words), **read_environment(Path(file))}
