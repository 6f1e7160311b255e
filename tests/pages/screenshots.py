"""`make screenshots`: every page, on a phone and on a desktop, by day and by night, into docs/screenshots.

The site runs as `make run` serves it, in a temporary folder: the pictures are of what a newcomer sees.
"""

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from tqdm import tqdm

from tests.pages.site import serve
from tests.services.browser import ARGUMENTS, PHONE

if TYPE_CHECKING:
    from tests.pages.site_pages import Demo

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCALES = {"phone": 1.5, "desktop": 1}  # device pixels to a CSS pixel
THEMES = ("light", "dark")
QUALITY = 80
DEMO_DAYS = 150
LONGEST = 2_400  # pixels of the page: the rest of a long list tells nothing new


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", nargs="*", default=[], help="names of pages; all without it")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = _prepare(Path(folder))
        with serve(Path(folder)) as address, sync_playwright() as playwright:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            _picture_all(browser, address, demo, options.folder, set(options.only))
            browser.close()


def _prepare(folder: Path) -> "Demo":
    """A database with the shipped catalogue and the demo's diary, in the folder."""
    os.environ |= {
        "VAR_DIR": str(folder),
        "HTTPS": "false",
        "DJANGO_SETTINGS_MODULE": "tests.pages.settings",
        "DATABASE_URL": "",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from tests.pages.site_pages import make_demo

    call_command("prepare", stdout=io.StringIO(), stderr=io.StringIO())
    return make_demo(days=DEMO_DAYS)


def _picture_all(browser: Browser, address: str, demo: "Demo", folder: Path, only: set[str]) -> None:
    from tests.pages.site_pages import site_pages

    wanted = [page for page in site_pages(demo) if not only or page.name in only]
    shots = [(size, theme) for size in SIZES for theme in THEMES]
    for size, theme in tqdm(shots, file=sys.stderr):
        with _open(browser, size, theme) as pages:
            for page in wanted:
                view = pages(page.viewer, demo)
                page.open(view, address)
                view.wait_for_load_state("networkidle")
                _save(view, folder / f"{page.name}-{size}-{theme}.webp")


@contextmanager
def _open(browser: Browser, size: str, theme: str) -> Iterator:  # type: ignore[type-arg]
    """Gives a function: viewer → a page in which they are logged in."""
    views: dict[str, Page] = {}

    def page_of(viewer: str, demo: "Demo") -> Page:
        if viewer not in views:
            context = browser.new_context(
                locale="ko-KR",
                timezone_id="Asia/Seoul",
                viewport=SIZES[size],
                color_scheme=theme,
                device_scale_factor=2,
            )
            if user := demo.person(viewer):
                context.add_cookies([session_cookie(user)])
            views[viewer] = context.new_page()
        return views[viewer]

    yield page_of
    for view in views.values():
        view.context.close()


def session_cookie(user: object) -> dict[str, object]:
    """A log-in with a password typed just now, without the form and its limits."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    session = client.session
    # As allauth notes it: pages about second factors ask for the password otherwise.
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = client.session["_auth_user_id"]
    session.save()
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "domain": "127.0.0.1", "path": "/"}


def _save(view: Page, path: Path) -> None:
    height = min(LONGEST, view.evaluate("document.documentElement.scrollHeight"))
    width = view.viewport_size["width"] if view.viewport_size else DESKTOP["width"]
    picture = view.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    Image.open(io.BytesIO(picture)).save(path, quality=QUALITY)


if __name__ == "__main__":
    main()
