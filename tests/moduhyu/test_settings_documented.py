"""The README's table of settings names every variable that is read, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# boto3 reads its own.
NOT_OURS = {"AWS_ENDPOINT_URL"}


def variables_read() -> set[str]:
    sources = [path.read_text() for path in (ROOT / "moduhyu").glob("settings*.py")]
    call = re.compile(r'(?:read_\w+|os\.environ\.get)\(\s*"([A-Z][A-Z_]*)"')
    read = {name for source in sources for name in call.findall(source)}
    # What is read together is named in one call.
    return read | set(re.findall(r'"([A-Z]+_[A-Z_]+)"', (ROOT / "moduhyu/social_providers.py").read_text())) - {
        "OAUTH_PKCE_ENABLED"
    }


def variables_of_starting() -> set[str]:
    """What the commands that start a site or keep its backups read, the shell and gunicorn alike."""
    scripts = ("scripts/run.sh", "scripts/gunicorn.conf.py", "deploy/gunicorn.conf.py", "deploy/backup.sh")
    call = re.compile(r'(?:\$\{|environ\.get\(")([A-Z][A-Z_]*)(?::-|")')
    return {name for path in scripts for name in call.findall((ROOT / path).read_text())}


def variables_documented() -> set[str]:
    readme = (ROOT / "README.md").read_text()
    section = readme.split("\n## Settings\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]*)`", row.split("|")[1])}


def test_every_setting_is_documented() -> None:
    assert len(variables_read()) > 20
    assert {"PORT", "WEB_CONCURRENCY", "KEEP_BACKUPS"} <= variables_of_starting()
    assert (variables_read() | variables_of_starting()) - variables_documented() == set()


def test_nothing_is_documented_that_is_not_read() -> None:
    assert variables_documented() - variables_read() - variables_of_starting() - NOT_OURS == set()
