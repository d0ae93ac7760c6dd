"""News for tests of the web: pages of an article, and feeds."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

WEATHER = (
    "The harbour of {place} was closed on Monday after a storm tore three boats from their moorings, the harbour "
    "master said. Nobody was hurt. Repairs to the northern pier will take until the end of {month}, and ferries to the "
    "islands will sail from the southern one until then. The council of {place} said that it would pay for the boats "
    "whose owners had no insurance. It asked fishermen to keep away from the pier, where stones are still loose. A "
    "second storm is expected on Thursday, and schools on the islands will stay shut until it has passed."
)


def story(place: str = "Oban", month: str = "May") -> str:
    """Some 600 characters."""
    return WEATHER.format(place=place, month=month)


def page(text: str, title: str | None = "Harbour closed after storm", head: str = "", foot: str = "") -> str:
    """The page of an article. `foot` is outside of it, as what differs each time that a page is served."""
    heading = f"<h1>{title}</h1>" if title else ""
    named = f"<title>{title}</title>" if title else ""
    return (
        f"<html lang=en><head>{named}{head}</head><body><article>{heading}<p>{text}</p></article>"
        f"<footer>{foot}</footer></body></html>"
    )


@dataclass(frozen=True)
class Item:
    """An entry of a feed."""

    link: str
    title: str = "Harbour closed after storm"
    id: str = ""
    at: str = "2024-03-05T10:00:00Z"
    content: str = ""


def atom(*items: Item, deleted: tuple[tuple[str, str], ...] = ()) -> str:
    """An Atom feed; `deleted` are ids and when."""
    entries = "".join(
        f"<entry><id>{escape(one.id or one.link)}</id><title>{escape(one.title)}</title>"
        f'<link href="{escape(one.link)}"/><published>{one.at}</published><updated>{one.at}</updated>'
        f'<content type="html">{escape(one.content)}</content></entry>'
        for one in items
    )
    gone = "".join(f'<at:deleted-entry ref="{one}" when="{when}"/>' for one, when in deleted)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Valley News</title><id>urn:feed</id>'
        f"<updated>2024-03-05T10:00:00Z</updated>{gone}{entries}</feed>"
    )


def rss(*items: Item, ttl: int | None = None) -> str:
    entries = "".join(
        f"<item><title>{escape(one.title)}</title><link>{escape(one.link)}</link><guid>{one.id or one.link}</guid>"
        f"<pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate><description>{escape(one.content)}</description></item>"
        for one in items
    )
    wait = f"<ttl>{ttl}</ttl>" if ttl is not None else ""
    return f'<rss version="2.0"><channel><title>Valley &amp; Hill</title>{wait}{entries}</channel></rss>'
