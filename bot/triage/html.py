"""The words of an HTML mail."""

from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError

_CONFIG = ParserConfig(display_links=False, display_images=False)


def html_to_text(html: str) -> str:
    """Turn HTML into the text that a reader would see; nothing is fetched or run."""
    try:
        return str(get_text(html, _CONFIG))
    except (LxmlError, ValueError, RecursionError):
        return ""
