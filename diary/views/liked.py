"""The page of the films and tracks that somebody likes: what an evening gave is found again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diary.decorators import post_or_go_back
from diary.feedback import give_item_feedback
from diary.models import Feedback
from diary.views.request import DiaryRequest

ITEMS_PER_PAGE = 30


@never_cache
@login_required
@require_safe
def liked_items(request: DiaryRequest) -> HttpResponse:
    """What somebody likes, the last first."""
    liked = Feedback.objects.liked_by(request.user)
    page = Paginator(liked, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "diary/liked.html", {"page_obj": page, "total": page.paginator.count})


@never_cache
@login_required
@post_or_go_back
def liked_forget(request: DiaryRequest, feedback_id: int) -> HttpResponse:
    """Take a like back; that it was seen stays."""
    feedback = get_object_or_404(Feedback.objects.liked_by(request.user), pk=feedback_id)
    give_item_feedback(user=request.user, item=feedback.item, opinion="")
    messages.success(request, _("목록에서 뺐어요."))
    return redirect("diary:liked")
