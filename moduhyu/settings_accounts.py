"""Settings of accounts: who may come in, and how. `moduhyu.settings` takes them over."""

import os

from moduhyu.env import read_choice, read_mail_server

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "diary:home"
LOGIN_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = read_choice("EMAIL_VERIFICATION", ("optional", "mandatory", "none"))
ACCOUNT_LOGOUT_REDIRECT_URL = "diary:home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[모두의 휴게소] "
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.OneQuerySessionTokenStrategy"  # noqa: S105 - a class

# Without a mail server, mails are printed where the site runs.
vars().update(read_mail_server("EMAIL_URL", "consolemail://"))
EMAIL_TIMEOUT = 10  # seconds: one server that hangs must not hold up everybody's mails
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "모두의 휴게소 <rest@localhost>")
