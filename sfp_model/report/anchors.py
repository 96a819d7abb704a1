"""Where the lines behind an amount stand: pages of the programmes, and anchors on them."""

from __future__ import annotations

__all__ = ["activity_anchor", "activity_link", "initiative_anchor", "page_of", "rate_anchor"]

PAGES = {
    "transformation": "transformation.ipynb",
    "regional_presence": "regional.ipynb",
    "workplace": "regional.ipynb",
    "flagship_event": "event.ipynb",
}


def page_of(programme: str) -> str:
    """Return the notebook that holds the lines of a programme."""
    return PAGES.get(programme, "")


def initiative_anchor(initiative: str) -> str:
    """Return the anchor of an initiative's lines on the page of its programme."""
    return f"lines-{initiative}"


def activity_anchor(activity: str) -> str:
    """Return the anchor of an activity's lines on the page of its programme."""
    return f"activity-{activity}"


def activity_link(programme: str, activity: str) -> str:
    """Return the id of an activity as a link to its resource lines; the id alone where no page holds them.

    Examples
    --------
    >>> activity_link("workplace", "DS-1.1"), activity_link("of another plan", "x")
    ('[DS-1.1](regional.ipynb#activity-DS-1.1)', 'x')
    """
    page = page_of(programme)
    return f"[{activity}]({page}#{activity_anchor(activity)})" if page else activity


def rate_anchor(resource: str) -> str:
    """Return the anchor of a position of the rate card on the page of assumptions."""
    return f"rate-{resource}"
