"""Feeds and web addresses over HTTP, fetched from a site of the test's own."""

from __future__ import annotations

from pathlib import Path

import httpx

from api.replies_own import FeedRecord, FeedsRecord
from tests.api.serving import served
from tests.api.test_archive import ended
from tests.rag.news import Item, page, rss, story
from tests.web import Reply, web


def test_a_feed_is_followed_by_the_service(tmp_path: Path) -> None:
    with web() as site, served(tmp_path, BYLINE_FETCH_ALLOW=site.authority) as service:
        site.pages |= {"/feed": Reply(rss(Item(site.url("/oban"))), kind="text/xml"), "/oban": Reply(page(story()))}
        with httpx.Client(base_url=service.address, timeout=60) as http:
            added = http.post("/v1/feeds", json={"url": site.url("/feed")})
            assert (added.status_code, added.json()["last_polled"]) == (201, None)
            FeedRecord.model_validate(added.json())
            job = ended(http, http.post("/v1/feeds/poll"))
            assert (job["status"], job["new"], job["rejected"]) == ("done", 1, [])
            told = http.get("/v1/feeds").json()
            FeedsRecord.model_validate(told)
            assert (told["feeds"][0]["title"], told["feeds"][0]["active"]) == ("Valley & Hill", True)
            answer = http.post("/v1/ask", json={"question": "Why was the harbour of Oban closed on Monday?"}).json()
            assert "storm" in answer["text"]

            gone = http.delete("/v1/feeds", params={"url": site.url("/feed")})
            assert (gone.status_code, http.get("/v1/feeds").json()) == (204, {"feeds": []})
            assert http.delete("/v1/feeds", params={"url": site.url("/feed")}).status_code == 404


def test_an_address_is_fetched_by_a_job_and_a_private_one_is_not(tmp_path: Path) -> None:
    with web() as site, web() as other, served(tmp_path, BYLINE_FETCH_ALLOW=site.authority) as service:
        site.pages["/oban"] = Reply(page(story()))
        other.pages["/secret"] = Reply(page(story("Ayr")))
        with httpx.Client(base_url=service.address, timeout=60) as http:
            urls = [site.url("/oban"), other.url("/secret")]
            job = ended(http, http.post("/v1/articles", json={"urls": urls}))
            assert (job["new"], [one["where"] for one in job["rejected"]]) == (1, [other.url("/secret")])
            assert "not public" in job["rejected"][0]["reason"]
            assert not other.paths
            refused = http.post("/v1/feeds", json={"url": "file:///etc/passwd"})
            assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
