"""What the pages of the diary share: the request of a person who is logged in, and what is not theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from diary import selectors
from diary.models import Entry, Recommendation


class DiaryRequest(HttpRequest):
    """A request of a person who is logged in, as `login_required` and the middleware make it."""

    user: User
    htmx: HtmxDetails


@contextmanager
def missing_is_404() -> Iterator[None]:
    """What is not there, deleted meanwhile, or another person's, is a page that does not exist."""
    try:
        yield
    except (Entry.DoesNotExist, Recommendation.DoesNotExist):
        raise Http404 from None


def get_own_entry(request: DiaryRequest, entry_id: UUID) -> Entry:
    """The entry of the person who asks. Raises Http404, for another person's entry as well."""
    with missing_is_404():
        return selectors.get_entry(user=request.user, entry_id=entry_id)
