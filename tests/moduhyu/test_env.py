"""Environment variables are read strictly."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from moduhyu import env


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("ON", True), ("0", False), ("", True), (" ", True)])
def test_read_bool(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("SWITCH", value)
    assert env.read_bool("SWITCH", default=True) is expected


def test_read_bool_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", "maybe")
    with pytest.raises(ImproperlyConfigured, match="SWITCH='maybe'"):
        env.read_bool("SWITCH", default=True)


def test_read_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read_choice("CHOICE", ("a", "b")) == "a"
    monkeypatch.setenv("CHOICE", "c")
    with pytest.raises(ImproperlyConfigured, match="use one of a, b"):
        env.read_choice("CHOICE", ("a", "b"))


def test_read_database_other_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere/db")
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        env.read_database("DATABASE_URL", "sqlite:///db")


def test_read_database_lets_writers_of_sqlite_wait() -> None:
    database = env.read_database("DATABASE_URL", "sqlite:///db")
    assert (database["OPTIONS"]["transaction_mode"], database["CONN_MAX_AGE"]) == ("IMMEDIATE", 60)


def test_read_database_postgresql_checks_its_connections() -> None:
    database = env.read_database("DATABASE_URL", "postgresql://user@host/name")
    assert database["CONN_HEALTH_CHECKS"]
    assert database["OPTIONS"] == {"connect_timeout": 5, "options": "-c lock_timeout=20s"}


def test_read_database_postgresql_own_options_stand() -> None:
    database = env.read_database("DATABASE_URL", "postgresql://user@host/name?connect_timeout=60&sslmode=require")
    assert database["OPTIONS"]["connect_timeout"] == 60
    assert database["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("value", ["pigeon://roof", "smtp://host:port"])
def test_read_mail_server(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert env.read_mail_server("MAIL", "consolemail://")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    monkeypatch.setenv("MAIL", value)
    with pytest.raises(ImproperlyConfigured, match="MAIL is not understood"):
        env.read_mail_server("MAIL", "consolemail://")


def test_read_secret_is_made_once_and_only_readable_by_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET", raising=False)
    file = tmp_path / "secret"
    first = env.read_secret("SECRET", file)
    assert len(first) >= 50
    assert env.read_secret("SECRET", file) == first
    assert file.stat().st_mode & 0o777 == 0o600


def test_read_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET", "given")
    assert env.read_secret("SECRET", tmp_path / "secret") == "given"
    assert not (tmp_path / "secret").exists()


def test_read_secret_many_at_once_agree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET", raising=False)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: env.read_secret("SECRET", tmp_path / "secret"), range(50)))
    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_read_secret_empty_file_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET", raising=False)
    (tmp_path / "secret").touch()
    with pytest.raises(ImproperlyConfigured, match="delete it"):
        env.read_secret("SECRET", tmp_path / "secret")


@pytest.mark.parametrize("location", ["", "var/models", "/mnt/models", "s3://models", "s3://models/of/the/site"])
def test_read_model_store(monkeypatch: pytest.MonkeyPatch, location: str) -> None:
    monkeypatch.setenv("STORE", location)
    assert env.read_model_store("STORE") == location


@pytest.mark.parametrize("location", ["https://models", "s3://", "s3://Models"])
def test_read_model_store_not_understood(monkeypatch: pytest.MonkeyPatch, location: str) -> None:
    monkeypatch.setenv("STORE", location)
    with pytest.raises(ImproperlyConfigured, match=r"STORE: .* give a folder or s3://BUCKET/PREFIX"):
        env.read_model_store("STORE")


@pytest.mark.parametrize("version", ["", "shipped", "linear-80212f111873"])
def test_read_model_version(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setenv("VERSION", version)
    assert env.read_model_version("VERSION") == version


@pytest.mark.parametrize("version", ["latest", "configured", "../up", "a b"])
def test_read_model_version_not_understood(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setenv("VERSION", version)
    with pytest.raises(ImproperlyConfigured, match="VERSION: "):
        env.read_model_version("VERSION")


def test_read_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBER", raising=False)
    assert env.read_number("NUMBER", 10) == 10
    monkeypatch.setenv("NUMBER", " 0.5 ")
    assert env.read_number("NUMBER", 10) == 0.5


@pytest.mark.parametrize("value", ["0", "-1", "ten", "nan", "inf"])
def test_read_number_not_understood(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NUMBER", value)
    with pytest.raises(ImproperlyConfigured, match=f"NUMBER='{value}'.*write NUMBER=10"):
        env.read_number("NUMBER", 10)


def test_read_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("URL", "http://127.0.0.1:8080/base/")
    assert env.read_url("URL", "https://example.com") == "http://127.0.0.1:8080/base"
    monkeypatch.setenv("URL", "")
    assert env.read_url("URL", "https://example.com") == "https://example.com"


@pytest.mark.parametrize(
    "value", ["example.com", "ftp://example.com", "https://", "https://a b", "https://e.com/?q=1"]
)
def test_read_url_not_understood(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("URL", value)
    with pytest.raises(ImproperlyConfigured, match=r"URL=.*write URL=https://example\.com"):
        env.read_url("URL", "https://example.com")


def test_encryption_keys_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    [key] = env.read_encryption_keys("NO_SUCH_KEYS", file)
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert env.read_encryption_keys("NO_SUCH_KEYS", file) == (key,)


def test_encryption_keys_newest_first_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keys = (bytes(32), bytes(range(32)))
    monkeypatch.setenv("KEYS", ", ".join(base64.urlsafe_b64encode(key).decode() for key in keys))
    assert env.read_encryption_keys("KEYS", tmp_path / "keys") == keys
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("value", ["secret", "가나다", base64.b64encode(bytes(16)).decode()])
def test_encryption_keys_that_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.setenv("KEYS", value)
    with pytest.raises(ImproperlyConfigured, match="KEYS, key 1"):
        env.read_encryption_keys("KEYS", tmp_path / "keys")


def test_encryption_keys_file_that_others_may_read(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    env.read_encryption_keys("NO_SUCH_KEYS", file)
    file.chmod(0o640)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        env.read_encryption_keys("NO_SUCH_KEYS", file)


def test_encryption_keys_file_that_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.touch(mode=0o600)
    with pytest.raises(ImproperlyConfigured, match="holds no key"):
        env.read_encryption_keys("NO_SUCH_KEYS", file)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", (600, 60)), ("5/s", (5, 1)), ("1000/h", (1000, 3600)), (" 20/DAY ", (20, 86_400)), ("off", None)],
)
def test_read_rate(monkeypatch: pytest.MonkeyPatch, value: str, expected: tuple[int, int] | None) -> None:
    monkeypatch.setenv("RATE", value)
    assert env.read_rate("RATE", "600/min") == expected


@pytest.mark.parametrize(
    "value", ["600", "0/min", "-1/min", "1.5/s", "600/fortnight", "600 / min", "many/s", "9" * 20 + "/s"]
)
def test_read_rate_not_understood(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RATE", value)
    with pytest.raises(ImproperlyConfigured, match=r"RATE=.*write RATE=600/min"):
        env.read_rate("RATE", "600/min")


def test_read_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORIGINS", raising=False)
    assert env.read_origins("ORIGINS") == []
    monkeypatch.setenv("ORIGINS", "https://app.example.com, http://localhost:5173")
    assert env.read_origins("ORIGINS") == ["https://app.example.com", "http://localhost:5173"]


@pytest.mark.parametrize("value", ["*", "app.example.com", "https://app.example.com/", "https://*.example", "null"])
def test_read_origins_not_understood(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ORIGINS", value)
    with pytest.raises(ImproperlyConfigured, match=r"ORIGINS: .* is not an origin"):
        env.read_origins("ORIGINS")
