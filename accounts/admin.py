"""The user in the admin: an address, rights, and no way to a diary."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from allauth.account.admin import EmailAddress, EmailConfirmation
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import show_group
from accounts.security_log import account_of, tell
from accounts.services import delete_account

# Where people log in from and with what is nobody else's business, and providers are set up by the environment. Who
# could mark an address as verified could have a new password sent there.
for _model in (Authenticator, EmailAddress, EmailConfirmation, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(_model):  # confirmations are only where their mails hold no signature
        admin.site.unregister(_model)

admin.site.unregister(Group)

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Rights that many have at once."""

    list_display = ("shown_name", "name")

    @admin.display(description=_("그룹"), ordering="name")
    def shown_name(self, group: Group) -> str:
        return show_group(group.name)

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        """Tell the security log, too: whoever is in the group has other rights now."""
        super().save_model(request, obj, form, change)
        tell("group_changed", account=None, by=account_of(request), group=obj.pk, fields=form.changed_data)


class GroupsField(ModelMultipleChoiceField):
    """Groups to choose from, by what they are called."""

    def label_from_instance(self, obj: Any) -> str:
        return show_group(obj.name)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    ordering = ("email",)
    list_display = ("email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("권한"), {"fields": ("is_active", *RIGHTS)}),
        (_("기록"), {"fields": ("last_login", "date_joined")}),
    )

    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address is changed by its owner, who proves that it is theirs. Superusers alone give rights."""
        own = ("email", "last_login", "date_joined") if obj else ()
        return own if request.user.is_superuser else (*own, *RIGHTS)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Groups that are roles by the roles' own words."""
        if db_field.name == "groups":
            kwargs["form_class"] = GroupsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """With a new password one is somebody: a superuser's matter. Everybody else asks for a mail."""
        if not request.user.is_superuser:
            raise PermissionDenied
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            tell("password_set_by_staff", account=int(id), by=account_of(request))
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Tell the security log who gave whom which rights, too: names of fields, and what they make of somebody."""
        super().save_model(request, obj, form, change)
        rights: dict[str, Any] = {
            "is_active": obj.is_active,
            "is_staff": obj.is_staff,
            "is_superuser": obj.is_superuser,
        }
        event = "account_changed_by_staff" if change else "account_made_by_staff"
        tell(event, account=obj.pk, by=account_of(request), fields=form.changed_data, **rights)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """See _log."""
        return self._log(request, [obj], ADDITION, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """See _log."""
        return self._log(request, [obj], CHANGE, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[User]) -> Any:
        """Nothing: Django calls it before any account has ended. See delete_queryset."""
        return []

    def _log(self, request: HttpRequest, users: Iterable[User], flag: int, message: Any) -> list[LogEntry]:
        """Note accounts by their numbers: an address would stay in the admin's log when the account is long gone."""
        content_type = ContentType.objects.get_for_model(User)
        return LogEntry.objects.bulk_create(
            LogEntry(
                user=cast(User, request.user),
                content_type=content_type,
                object_id=str(user.pk),
                object_repr=_("계정 %(number)d") % {"number": user.pk},
                action_flag=flag,
                change_message=json.dumps(message) if isinstance(message, list) else message,
            )
            for user in users
        )

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """See save_model."""
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End the accounts as their owners would, one after the other; both logs tell of each that has ended."""
        for user in list(queryset):
            ended = User(pk=user.pk)  # Django forgets the number of what it has deleted
            with transaction.atomic():
                self.end_account(user)
                if ended.pk != account_of(request):  # whose log went along
                    self._log(request, [ended], DELETION, "")
                told = partial(tell, "account_deleted_by_staff", account=ended.pk, by=account_of(request))
                transaction.on_commit(told)

    def end_account(self, user: User) -> None:
        """Delete all that belongs to the account."""
        delete_account(user)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Who deletes an account deletes its diary, which the admin neither lists nor lets anybody delete alone."""
        return [str(user) for user in objs], {str(User._meta.verbose_name): len(objs)}, set(), []
