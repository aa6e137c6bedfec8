"""Addresses of a person's page or account in a social network or web site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["ProfileUrl"]

_START = r"(?:https?://)?(?:[a-z]{2,3}\.|www\.|mobile\.)?"
_NAME = r"[\p{L}\p{N}_.%\-]*[\p{L}\p{N}_]"
_END = r"(?:/?[?#][A-Za-z0-9_.=&%+\-]*|/)?"
_HOSTS = (  # sites whose first path segment is an account
    r"(?:github|gitlab|twitter|x|facebook|instagram|tiktok|pinterest|medium|behance|dribbble|flickr|soundcloud|vimeo|"
    r"twitch|patreon|vk|threads|linktr|about|keybase|bitbucket|codepen|kaggle)"
    r"\.(?:com|net|tv|ee|me|io|org)"
)
_IN_PATH = (
    r"linkedin\.com/(?:in|pub)|xing\.com/profiles?|stackoverflow\.com/users/[0-9]+|reddit\.com/(?:user|u)|"
    r"youtube\.com/(?:user|c|channel)|facebook\.com/people|snapchat\.com/add|last\.fm/user|"
    r"researchgate\.net/profile|steamcommunity\.com/(?:id|profiles)|wa\.me|t\.me|"
    r"telegram\.me|bsky\.app/profile|orcid\.org|open\.spotify\.com/user|gravatar\.com/avatar"
)
_HANDLE = r"[A-Za-z0-9_.\-]*[A-Za-z0-9_]"
_DOMAIN = r"(?:[\p{L}\p{N}\-]+\.)+\p{L}{2,}"
_GENERIC = (
    rf"https?://{_DOMAIN}(?::[0-9]+)?(?:/[A-Za-z0-9_.\-]+)*"
    rf"/(?:users?|u|profiles?|members?|people|persons?|accounts?|authors?|customers?|patients?|employees?)/{_NAME}"
)
_PERSON = r"(?:user|user_id|userid|uid|email|username|login|account_id|customer_id|member_id|patient_id)"
_QUERY = rf"https?://{_DOMAIN}[^\s\"'<>?]*\?(?:[^\s\"'<>]*&)?{_PERSON}=[^\s\"'<>]*[A-Za-z0-9_]"
_RESERVED = frozenset({
    "about", "ads", "account", "accounts", "all", "api", "apps", "blog", "business", "careers", "company", "contact",
    "create", "developer", "developers", "discover", "docs", "download", "edit", "enterprise", "events", "explore",
    "faq", "features", "feed", "groups", "hashtag", "help", "home", "i", "index", "index.html", "intent", "issues",
    "jobs", "join", "legal", "list", "login", "logout", "marketplace", "me", "messages", "new", "news", "notifications",
    "orgs", "p", "pages", "popular", "premium", "press", "pricing", "privacy", "profile.php", "projects", "pulls",
    "reels", "register", "robots.txt", "search", "security", "settings", "share", "share.php", "sharer",
    "sharer.php", "shop", "signin", "signup", "sitemap.xml", "sponsors", "status", "stories", "store", "support",
    "tag", "tags", "team", "terms", "tos", "topics", "tr", "trending", "tv", "undefined", "videos", "watch",
})  # fmt: skip
_LAST = re.compile(r"/@?([^/?#]+)/?(?:[?#].*)?$")
_ASKED = re.compile(rf"[?&]{_PERSON}=", re.IGNORECASE)
_FILE = re.compile(r"\.(?:css|gif|html?|ico|jpe?g|js|json|pdf|php|png|svg|webp|xml)$", re.IGNORECASE)


class ProfileUrl(Detector):
    """A page or account of one person: of known networks by their form, elsewhere by ``/users/ada`` or ``?user_id=42``.

    Company pages, groups, repositories and single posts are none.
    """

    title: ClassVar[str] = "Profile page or social account"
    taxonomy = ("HIPAA: web universal resource locators (URLs)", "GDPR recital 30: online identifier")
    identifying = True
    patterns = (
        rf"(?i:{_START}{_HOSTS}/@?{_NAME}{_END})",
        rf"(?i:{_START}(?:{_IN_PATH})/{_NAME}{_END})",
        rf"(?i:{_START}facebook\.com/profile\.php\?id=[0-9]+)",
        rf"(?i:{_START}{_DOMAIN}/[@~]{_HANDLE}(?:@{_DOMAIN})?{_END})",
        rf"(?i:{_GENERIC}{_END}|{_QUERY})",
        rf"@{_HANDLE}@{_DOMAIN}",
    )
    needs: ClassVar[str] = r"[./@]"
    chance = 0.01
    in_text = True
    tokens: ClassVar[Words] = {
        "en": ("profile url", "profile link", "linkedin", "linkedin url", "github url", "twitter url", "facebook url",
               "facebook", "instagram url", "social media", "social profile", "social link", "public profile",
               "profile page", "mastodon", "tiktok", "xing", "orcid"),
        "de": ("profil url", "profillink", "profilseite"),
        "fr": ("lien profil", "url profil", "page de profil", "réseau social"),
        "es": ("url perfil", "enlace de perfil", "red social", "perfil de linkedin"),
        "it": ("url profilo", "link profilo", "pagina profilo"),
        "pt": ("url perfil", "link do perfil", "rede social"),
        "nl": ("profiel url", "profielpagina", "profiel link"),
        "pl": ("url profilu", "link do profilu", "strona profilu"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("profile", "social"),
        "de": ("profil",),
        "fr": ("profil",),
        "es": ("perfil",),
        "it": ("profilo",),
        "pt": ("perfil",),
        "nl": ("profiel",),
        "pl": ("profil",),
    }
    negative = frozenset({
        "ad", "ads", "app", "campaign", "company", "connected", "followers", "image", "likes", "pixel", "posts",
        "share", "shares", "tag", "views",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "https://www.linkedin.com/in/ada-lovelace-1815",
        "github.com/octocat",
        "https://twitter.com/jack",
        "https://x.com/jack?lang=en",
        "https://www.facebook.com/profile.php?id=100000123456789",
        "instagram.com/ada_l/",
        "https://www.youtube.com/@ada",
        "https://mastodon.social/@Gargron",
        "@gargron@mastodon.social",
        "https://t.me/durov",
        "https://shop.example.com/users/48213",
        "https://app.example.com/view?tab=1&user_id=48213",
    )
    counterexamples = (
        "https://www.linkedin.com/company/acme",
        "https://github.com/features",
        "https://github.com/python/cpython",
        "https://twitter.com/home",
        "https://www.facebook.com/groups/42",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://example.com/",
        "https://www.acme.example/products/1234",
        "https://cdn.example.com/users/default.png",
        "ada@example.com",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"token": {}},
        "null",
        {"constant": {"value": "https://example.com/"}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The account is neither one of the site's own pages nor a file."""
        return [_is_account(value) for value in values]


def _is_account(value: str) -> bool:
    if "profile.php?id=" in value or value.startswith("@") or _ASKED.search(value):
        return True
    found = _LAST.search(value)
    return (
        found is not None and len(found[1]) > 1 and found[1].casefold() not in _RESERVED and not _FILE.search(found[1])
    )
