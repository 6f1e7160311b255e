"""Settings of accounts: who may come in, and how. `moduhyu.settings` takes them over."""

import os

from moduhyu.env import read_choice, read_mail_server
from moduhyu.social_providers import AUTHORIZE_ORIGINS, read_social_providers

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Any characters make a password: one of numbers alone is refused only where it is among the common ones.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.OwnWordsValidator"},
]
LOGIN_REDIRECT_URL = "diary:home"
LOGIN_URL = "account_login"
CODE_TIMEOUT = 15 * 60  # seconds: a mail may take its time

# Without a mail server, mails are printed where the site runs.
vars().update(read_mail_server("EMAIL_URL", "consolemail://"))
EMAIL_TIMEOUT = 10  # seconds: one server that hangs must not hold up everybody's mails
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "모두의 휴게소 <rest@localhost>")

# --- Signing up and logging in -------------------------------------------------------

ACCOUNT_ADAPTER = "accounts.account_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# Only where addresses are verified can a sign-up hide that an address has an account already; that needs mails.
ACCOUNT_EMAIL_VERIFICATION = read_choice(
    "EMAIL_VERIFICATION",
    ("mandatory", "optional", "none")
    if os.environ.get("EMAIL_URL", "").strip()
    else ("optional", "mandatory", "none"),
)
# A code can be typed where a link can't be followed, as into an app. One can't go on without verification until it is
# typed, so that where verification is optional, there is a link.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION == "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = CODE_TIMEOUT
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = CODE_TIMEOUT
ACCOUNT_LOGOUT_REDIRECT_URL = "diary:home"
ACCOUNT_SESSION_REMEMBER = True
# Who changes what lets people in, shows once more who they are; also at accounts elsewhere, and a first password.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Whoever did not change the password or add a passkey themselves learns of it.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Two limits of allauth, which anybody can use up for somebody else, are off: accounts.login_limits counts instead.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "reset_password": "",
    "password_login": "30/m/ip",
    "password_login_known_device": "30/m/key",
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
    "login_failed_known_device": "10/5m/key",
    "account_mail": "20/m/ip,5/10m/key",
    "account_mail_anywhere": "20/h/key",
    "account_mail_known_device": "5/10m/key",
}

# --- A second factor, and passkeys ---------------------------------------------------

MFA_ADAPTER = "accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "모두의 휴게소"
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds: clocks of phones run apart
# Whoever signs up with somebody else's address must not lock them out; where nobody can verify, nobody could begin.
MFA_ALLOW_UNVERIFIED_EMAIL = ACCOUNT_EMAIL_VERIFICATION == "none"

# --- Sessions ------------------------------------------------------------------------

# Only digests of their keys are in the database.
SESSION_ENGINE = "accounts.session_store"
# Lists tell when a session was last used. allauth's own middleware would write at every request, so accounts.sessions
# notes it, now and then.
USERSESSIONS_TRACK_ACTIVITY = True
HEADLESS_ADAPTER = "accounts.headless_adapter.HeadlessAdapter"
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.OneQuerySessionTokenStrategy"  # noqa: S105 - a class

# --- Logging in with an account elsewhere --------------------------------------------

SOCIALACCOUNT_ADAPTER = "accounts.social_adapter.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = read_social_providers()
SOCIAL_LOGIN_APPS = [f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS]
SOCIAL_LOGIN_ORIGINS = [AUTHORIZE_ORIGINS[name] for name in SOCIALACCOUNT_PROVIDERS]
SOCIALACCOUNT_STORE_TOKENS = False
# Whoever holds an account elsewhere with the address of an account here does not get into the account here by that.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
# An address that a provider does not vouch for is verified here, or somebody could sign up with another's.
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
