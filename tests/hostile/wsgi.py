"""Requests as a server hands them over: Django's test client makes none that are malformed."""

import io

from django.test import Client

from moduhyu.wsgi import application


def send(
    method: str,
    path: str,
    body: bytes = b"",
    *,
    client: Client,
    content_type: str,
    query: str = "",
    length: int | None = None,
) -> int:
    """The status of the answer to who is logged in with this client. `length` is what the request claims."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "https",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "HTTP_COOKIE": f"{cookies}; csrftoken={'a' * 32}",
        "HTTP_X_CSRFTOKEN": "a" * 32,
        "HTTP_REFERER": "https://localhost/",
    }
    answer = application(environ, lambda status, headers: said.append(status))
    b"".join(answer)
    return int(said[0].split()[0])
