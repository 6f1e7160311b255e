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


def variables_documented() -> set[str]:
    readme = (ROOT / "README.md").read_text()
    section = readme.split("\n## Settings\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]*)`", row.split("|")[1])}


def test_every_setting_is_documented() -> None:
    assert len(variables_read()) > 20
    assert variables_read() - variables_documented() == set()


def test_nothing_is_documented_that_is_not_read() -> None:
    assert variables_documented() - variables_read() - NOT_OURS == set()
