"""Pages for people; every value is escaped, nothing comes from another host."""

from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).parent / "static"
_ENVIRONMENT = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def page(name: str, status: int = 200, **values: object) -> HTMLResponse:
    """Render one of the pages; `here` tells it which one it is."""
    return HTMLResponse(
        _ENVIRONMENT.get_template(name).render(here=name.removesuffix(".html"), **values), status, _HEADERS
    )
