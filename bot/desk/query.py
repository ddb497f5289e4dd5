"""Reading filters from an address; what makes no sense there filters nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from bot.desk.render import ZONE

PER_PAGE = 25
_MAX_TEXT_CHARS = 100


def choice(query: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """Read one of several values."""
    value = query.get(name, "")
    return value if value in allowed else ""


def text(query: Mapping[str, str], name: str) -> str:
    """Read what somebody looks for."""
    return query.get(name, "").replace("\0", "").strip()[:_MAX_TEXT_CHARS]


def since(query: Mapping[str, str], name: str) -> datetime | None:
    """Read a day as the moment it began in Belgium."""
    day = _day(query.get(name, ""))
    return datetime.combine(day, time(), ZONE) if day else None


def until(query: Mapping[str, str], name: str) -> datetime | None:
    """Read a day as the moment it was over in Belgium."""
    day = _day(query.get(name, ""))
    return datetime.combine(day + timedelta(days=1), time(), ZONE) if day else None


def page_number(query: Mapping[str, str]) -> int:
    """Read which page is wanted, from 1."""
    value = query.get("page", "")
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 7 else 1


def last_page(total: int, per_page: int = PER_PAGE) -> int:
    """Give the number of the last page."""
    return max(1, -(-total // per_page))


def kept(query: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Give the filters as they stand in the form, empty where there is none."""
    return {name: text(query, name) for name in names}


def address(path: str, filters: Mapping[str, str]) -> str:
    """Write an address with these filters, to which another may be added."""
    filled = urlencode({name: value for name, value in filters.items() if value})
    return f"{path}?{filled}&" if filled else f"{path}?"


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 9000 else None
