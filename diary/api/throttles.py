"""How often a person, or an address that nobody has logged in from, may ask the API.

The pages take from a person's buckets, too: diary.page_limits.
"""

import ipaddress
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from diary.api.buckets import Rate, take_token
from diary.api.problem import READS

ANONYMOUS = "anonymous"
# The part of an IPv6 address that one household has to itself.
IPV6_PREFIX = 64


class RateThrottle(BaseThrottle):
    """Takes a token of one of the person's buckets, whose rates are `settings.API_RATES`.

    Which bucket: see scope_of.
    """

    def __init__(self) -> None:
        self._wait = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.user.is_authenticated:
            self._wait = seconds_to_wait(scope_of(request._request, view), f"user:{request.user.pk}")
        else:
            self._wait = seconds_to_wait(ANONYMOUS, address_of(request._request))
        return self._wait == 0

    def wait(self) -> float:
        return self._wait


class IsLoggedIn(IsAuthenticated):
    """REST framework's, which counts whom it refuses: permissions come before throttles there.

    Raises Throttled for an address that goes on asking.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if super().has_permission(request, view):
            return True
        if wait := seconds_to_wait(ANONYMOUS, address_of(request._request)):
            raise exceptions.Throttled(wait)
        return False


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as the log-in counts it: past the proxies that are ours, and no further.

    Of IPv6 it is the network.
    """
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))


def scope_of(request: HttpRequest, view: Any) -> str:
    """The bucket of a request, as `settings.API_RATES` names it.

    A view may say it for a method of its own: `throttle_scopes = {"POST": "heavy"}`. Otherwise it is `search` for a
    read with words to look for, and `read` or `write`.
    """
    method = "GET" if request.method == "HEAD" else request.method
    if scope := getattr(view, "throttle_scopes", {}).get(method):
        return str(scope)
    if request.method not in READS:
        return "write"
    return "search" if request.GET.get("q") else "read"


def seconds_to_wait(scope: str, who: str) -> float:
    """Take a token of somebody's bucket: 0, or the seconds until there is one."""
    rate = settings.API_RATES[scope]
    return take_token(f"{scope}:{who}", Rate(*rate)) if rate else 0
