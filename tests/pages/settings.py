"""The site as `make run` serves it, with the error pages at hand."""

from moduhyu.settings import *  # noqa: F403

ROOT_URLCONF = "tests.pages.urls"
