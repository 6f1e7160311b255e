"""The installed site behind its nginx, as visitors meet it."""

import re
import signal
import subprocess
import time

import psycopg2
import pytest
import requests

from tests.deploy.live import PASSWORD, TEXT, Load, Site, under_requests
from tests.deploy.stage import Stage

EVIL = "203.0.113.9"


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    return site.sign_up("someone@example.com")


def test_somebody_signs_up_writes_and_is_answered(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.get(f"{site.url}/accounts/signup/", timeout=30)
    person = {"email": "me@example.com", "password1": PASSWORD, "password2": PASSWORD}
    form = {**person, "csrfmiddlewaretoken": _csrf_token(page.text)}
    answer = visitor.post(f"{site.url}/accounts/signup/", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code == 302
    assert [cookie.secure for cookie in visitor.cookies if cookie.name == "__Host-sessionid"] == [True]
    page = visitor.get(f"{site.url}/entries/new/", timeout=30)
    entry = {"text": TEXT, "written_on": "2026-11-25", "csrfmiddlewaretoken": _csrf_token(page.text)}
    saved = visitor.post(f"{site.url}/entries/", data=entry, timeout=30)
    assert saved.status_code == 200
    assert TEXT in saved.text


def test_the_worker_reads_with_the_model_of_the_store(site: Site, stage: Stage, token: str) -> None:
    client = site.visitor(**{"X-Session-Token": token})
    made = client.post(f"{site.url}/api/v1/entries/", json={"text": TEXT, "written_on": "2026-11-25"}, timeout=30)
    assert made.status_code == 201
    address = f"{site.url}/api/v1/entries/{made.json()['id']}/"
    site.wait_until(lambda: client.get(address, timeout=30).json()["status"] == "analyzed")
    assert stage.variables["MODEL_VERSION"] in client.get(address, timeout=30).text
    assert (stage.root / "var/lib/moduhyu/models/emotion" / stage.variables["MODEL_VERSION"] / "model.onnx").exists()


def test_static_files_come_from_the_disk_and_are_kept_for_good(site: Site) -> None:
    page = site.visitor().get(f"{site.url}/", timeout=30).text
    address = re.search(r'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)
    assert address
    answer = site.visitor().get(f"{site.url}{address[1]}", timeout=30)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Request-ID" not in answer.headers  # the site was not asked
    plain = site.visitor(**{"Accept-Encoding": "identity"}).get(f"{site.url}{address[1]}", timeout=30)
    assert "Content-Encoding" not in plain.headers
    assert plain.text == answer.text
    manifest = site.visitor().get(f"{site.url}/static/manifest.webmanifest", timeout=30)
    assert manifest.headers["Content-Type"].startswith("application/manifest+json")
    assert manifest.headers["Cache-Control"] == "public, max-age=60"


def test_pages_are_not_compressed(site: Site) -> None:
    answer = site.visitor(**{"Accept-Encoding": "gzip, br"}).get(f"{site.url}/help/", timeout=30)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert len(answer.headers["Strict-Transport-Security"].split(",")) == 1


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/metrics?x=1", "//metrics", "/%6detrics"])
def test_probes_are_the_machines_own(site: Site, path: str) -> None:
    headers = {"Authorization": f"Bearer {site.settings()['METRICS_TOKEN']}", "X-Forwarded-For": "127.0.0.1"}
    # requests would tidy the address.
    request = requests.Request("GET", f"{site.url}/", headers=headers).prepare()
    request.url = f"{site.url}{path}"
    visitor = site.visitor()
    assert visitor.send(request, verify=visitor.verify, timeout=30).status_code == 404


def test_the_machine_itself_reads_metrics(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.settings()['METRICS_TOKEN']}"}
    answer = requests.get(f"{site.inside}/metrics", headers=headers, timeout=30)
    assert answer.status_code == 200
    assert "moduhyu_requests_total" in answer.text
    assert requests.get(f"{site.inside}/metrics", timeout=30).status_code == 404
    assert requests.get(f"{site.inside}/", timeout=30).status_code == 404


def test_what_a_client_says_of_itself_is_not_believed(site: Site, stage: Stage) -> None:
    spoofed = {
        "X-Forwarded-For": EVIL,
        "X-Real-IP": EVIL,
        "Forwarded": f"for={EVIL};proto=http;host=evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Request-ID": "chosen-by-the-client",
    }
    body = {"email": "spoof@example.com", "password": PASSWORD}
    visitor = site.visitor(**spoofed)
    answer = visitor.post(f"{site.url}/_allauth/app/v1/auth/signup", json=body, timeout=30, allow_redirects=False)
    assert answer.status_code == 200  # by the header it came by plain HTTP, and would have been led to HTTPS
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert "evil.example" not in answer.text
    connection = psycopg2.connect(stage.variables["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT host(ip) FROM usersessions_usersession")
        assert cursor.fetchall() == [("127.0.0.1",)]
    connection.close()


def test_plain_http_leads_to_https(site: Site, stage: Stage) -> None:
    answer = requests.get(f"http://127.0.0.1:{stage.ports['80']}/entries/?q=a", timeout=30, allow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://localhost/entries/?q=a"


def test_another_name_is_not_answered(site: Site, stage: Stage) -> None:
    with pytest.raises(requests.ConnectionError):  # not even a certificate
        requests.get(f"https://127.0.0.1:{stage.ports['443']}/", verify=False, timeout=30)  # noqa: S501
    with pytest.raises(requests.ConnectionError):
        site.visitor(Host="evil.example").get(f"{site.url}/", timeout=30)


def test_old_tls_is_refused(stage: Stage, site: Site) -> None:
    address = f"127.0.0.1:{stage.ports['443']}"
    for option, works in (("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
        command = ["openssl", "s_client", "-connect", address, "-servername", "localhost", option]
        done = subprocess.run(command, input=b"", capture_output=True, check=False)
        assert (b"Cipher is (NONE)" not in done.stdout and done.returncode == 0) is works, option


def test_too_large_bodies_are_refused_in_words(site: Site, token: str) -> None:
    large = b"x" * (6 * 2**20 + 1)
    page = site.visitor().post(f"{site.url}/entries/", data=large, timeout=30)
    assert page.status_code == 413
    assert "보낸 내용이 너무 커요" in page.text
    client = site.visitor(**{"X-Session-Token": token, "Content-Type": "application/json"})
    problem = client.post(f"{site.url}/api/v1/entries/", data=large, timeout=30)
    assert problem.status_code == 413
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["type"] == "urn:moduhyu:too-large"
    # An import may be larger, and above its limit the site itself answers.
    client.headers["Content-Type"] = "application/zip"
    assert client.post(f"{site.url}/api/v1/import/", data=large, timeout=30).json()["status"] != 413
    over = client.post(f"{site.url}/api/v1/import/", data=b"x" * (50 * 2**20 + 1), timeout=60)
    assert over.status_code == 413
    assert "X-Request-ID" in over.headers


def test_the_log_names_nobody(site: Site, stage: Stage) -> None:
    site.visitor().get(f"{site.url}/entries/?q=secretword", timeout=30)
    log = (stage.root / "var/log/nginx/moduhyu.access.log").read_text()
    assert "secretword" not in log
    assert "/entries" not in log
    assert "127.0.0.1" not in log
    line = re.compile(r"\S+ [0-9a-f]{32} [A-Z]+ \d{3} \d+ [\d.]+ [\d.]+")
    assert any(line.fullmatch(row) for row in log.splitlines())


def test_without_the_site_there_is_a_page(site: Site, stage: Stage) -> None:
    with stage.nginx_alone() as url:
        page = site.visitor().get(f"{url}/entries/", timeout=30)
        problem = site.visitor().get(f"{url}/api/v1/entries/", timeout=30)
        style = site.visitor().get(f"{url}/static/css/base.css", timeout=30)
        direct = site.visitor().get(f"{url}/_errors/unavailable.html", timeout=30)
    assert page.status_code == problem.status_code == 503
    assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "10"
    assert "지금은 휴게소에 닿지 않아요" in page.text
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["type"] == "urn:moduhyu:unavailable"
    assert style.status_code == 200  # what the page is dressed in
    assert direct.status_code == 404


def test_a_reload_loses_no_request(site: Site, token: str) -> None:
    before = site.web_workers()
    with under_requests(site, token) as load:
        site.web.signal(signal.SIGHUP)
        site.wait_until(lambda: bool(site.web_workers()) and not site.web_workers() & before)
    _assert_nothing_lost(site, token, load)


def test_a_restart_loses_no_request(site: Site, token: str) -> None:
    with under_requests(site, token) as load:
        site.web.stop()
        answered = len(load.statuses)
        time.sleep(0.5)
        site.web.start()
        site.wait_until(lambda: len(load.statuses) > answered + 6)
    _assert_nothing_lost(site, token, load)


def _csrf_token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def _assert_nothing_lost(site: Site, token: str, load: Load) -> None:
    assert load.failures == []
    assert set(load.statuses) == {200, 201}
    client = site.visitor(**{"X-Session-Token": token})
    found = {entry for entry in load.saved if client.get(f"{site.url}/api/v1/entries/{entry}/", timeout=30).ok}
    assert found == load.saved
    assert len(found) > 3


def test_the_clock_runs(site: Site, stage: Stage) -> None:
    assert site.beat.is_running, site.beat.output()
    site.wait_until(lambda: any((stage.root / "var/lib/moduhyu").glob("celerybeat-schedule*")))
