"""What a browser calls itself, in words that its person recognises."""

from django.utils.translation import gettext as _

# The first that is found in a user agent counts: many call themselves Chrome or Safari as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Whale", "Whale"),
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER(", "Naver"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("iOS", "iPhone"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Browser and system, "Chrome, Windows"; where neither is known, the first word, which is an app's name."""
    known = [next((words for sign, words in names if sign in user_agent), "") for names in (BROWSERS, SYSTEMS)]
    if any(known):
        return ", ".join(words for words in known if words)
    first_word = user_agent.split("/")[0].split(" ")[0].strip()
    return first_word or _("알 수 없는 기기")
