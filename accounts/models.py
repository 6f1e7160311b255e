"""The user model."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import time_zones


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractUser):
    """A person, known by e-mail address alone: a diary asks for no name."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("이메일"), unique=True)
    shares_corrections = models.BooleanField(
        _("내가 고친 마음으로 모델을 학습시켜도 돼요"),
        default=False,
        help_text=_("내가 마음을 고친 일기의 글과 고친 마음을 앞으로 모델을 학습시킬 때 써요."),
    )
    time_zone = models.CharField(
        _("시간대"), max_length=64, default=time_zones.DEFAULT, validators=[time_zones.validate_time_zone]
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("사용자")
        verbose_name_plural = _("사용자")
        constraints = [UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that their days begin and end by."""
        return ZoneInfo(self.time_zone)

    def clean(self) -> None:
        """Lower case, as logging in compares it: what every form that makes or changes a user goes through."""
        super().clean()
        self.email = self.email.lower()


class DataKey(models.Model):
    """The key that seals what a person writes, wrapped with a master key. It goes with the account.

    It is made and opened by `accounts.encryption.data_keys` alone.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    wrapped = models.BinaryField()
    master_key_id = models.CharField(max_length=16, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)
