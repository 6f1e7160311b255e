"""Diaries in the admin: that they are there, whether they were read, and how they end. Never what they say."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import UserAdmin
from accounts.models import User
from diary.models import Entry
from diary.portability.account import delete_everything

admin.site.unregister(User)


@admin.register(User)
class WriterAdmin(UserAdmin):
    """Accounts, which end with their diaries' files, too."""

    def end_account(self, user: User) -> None:
        delete_everything(user)


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """A list for operators without text, analysis or recommendations; nothing can be changed."""

    list_display = ("id", "status", "created_at", "updated_at")
    list_filter = ("status",)
    fields = ("id", "status", "revision", "created_at", "updated_at")
    readonly_fields = fields
    ordering = ("-created_at",)
    show_full_result_count = False
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filter that is on the page: `?text__startswith=…` would let a guess be confirmed."""
        return lookup == "status__exact"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
