"""Which pages of the admin each role may open: a page of the admin that is missing here fails test_roles.py.

A page that a role may not open answers 403 or 404 to it. `change` is where a role may also write.
"""

from dataclasses import dataclass

from accounts.roles import Role
from tests.access.routes import ADMIN, ADMIN_PAGES, LIST_PAGES

CURATORS = frozenset({Role.CURATOR, Role.LEAD_CURATOR})
LEAD = frozenset({Role.LEAD_CURATOR})
OPERATOR = frozenset({Role.OPERATOR})
ALL, NOBODY = CURATORS | OPERATOR, frozenset[Role]()


@dataclass(frozen=True)
class Access:
    """The roles that a page opens for, and those of them that may change something by its form."""

    opens: frozenset[Role]
    changes: frozenset[Role] = NOBODY


CLOSED, OWN_ACCOUNT = Access(NOBODY), Access(ALL, ALL)
OPENED_MODEL_PAGES = ("", "<path:object_id>/history/", "<path:object_id>/change/", "<path:object_id>/")
MODELS = {
    "auth/group": CLOSED,
    "accounts/user": CLOSED,
    "diary/entry": Access(OPERATOR),
    "catalog/movie": Access(ALL, CURATORS),
    "catalog/track": Access(ALL, CURATORS),
    "catalog/curation": Access(CURATORS),
}
PAGES: dict[str, Access] = {
    "admin/": Access(ALL),
    "admin/login/": Access(ALL),  # leads to the front page
    "admin/logout/": CLOSED,  # by POST alone, which logs out
    "admin/password_change/": OWN_ACCOUNT,
    "admin/password_change/done/": Access(ALL),
    "admin/autocomplete/": CLOSED,  # see test_autocomplete_gives_what_a_role_may_view_and_no_more
    "admin/jsi18n/": Access(ALL),
    "admin/r/<path:content_type_id>/<path:object_id>/": CLOSED,
    "admin/accounts/user/<id>/password/": CLOSED,
    "admin/coverage/": Access(ALL),
    "admin/review/": Access(CURATORS, CURATORS),
    "admin/models/": Access(OPERATOR),
    "admin/models/rollback/": Access(OPERATOR, OPERATOR),
    "admin/models/versions/<str:version>/": Access(OPERATOR),
    "admin/models/versions/<str:version>/fetch/": Access(OPERATOR, OPERATOR),
    "admin/models/versions/<str:version>/activate/": Access(OPERATOR, OPERATOR),
    "admin/^(?P<app_label>auth|accounts|diary|catalog)/$": Access(OPERATOR),  # `diary`, as the cast asks it
    "admin/(?P<url>.*)$": CLOSED,
} | {
    f"admin/{model}/{page}": access if page in OPENED_MODEL_PAGES else CLOSED
    for model, access in MODELS.items()
    for page in ADMIN_PAGES
}
PAGES |= {
    "admin/catalog/curation/<int:curation_id>/": Access(CURATORS),
    "admin/catalog/curation/<int:curation_id>/advance/": CLOSED,
    "admin/catalog/curation/<int:curation_id>/undo/": Access(CURATORS),  # leads to the step, which is not done
}
# What answers to a POST alone, or is its owner's: an uploaded file, a saved search.
PAGES |= {f"admin/catalog/{model}/{page}": CLOSED for model in ("movie", "track") for page in LIST_PAGES}
for _model in ("movie", "track"):
    PAGES[f"admin/catalog/{_model}/export/"] = Access(ALL)
    PAGES[f"admin/catalog/{_model}/import/"] = Access(LEAD, LEAD)
    PAGES[f"admin/catalog/{_model}/suggest/"] = Access(ALL)
# The lists of an app's models, which have one route for all apps.
APP_LISTS = {"auth": NOBODY, "accounts": NOBODY, "diary": OPERATOR, "catalog": ALL, "admin": NOBODY, "account": NOBODY}

assert PAGES.keys() <= ADMIN.keys(), "no such page"
