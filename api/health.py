"""`GET /healthz`: the process answers. `GET /readyz`: it can be asked, with the state of each part."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.access import STATE_BARE
from api.documented import NOT_READY, READY
from api.parts import Jobs, TheByline

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    # On the event loop: a thread may be long in coming while all of them answer.
    return {"status": "ok"}


@router.get("/readyz", responses={200: READY, 503: NOT_READY})
def readyz(request: Request, byline: TheByline, jobs: Jobs) -> JSONResponse:
    """Whether questions can be answered now, 503 when they can't; and the state of each part, to who has a key where
    one is asked for.
    """
    parts = {name: asdict(state) for name, state in byline.readiness().items()}
    state = "running" if jobs.alive else "stopped"
    reason = None if jobs.alive else "Jobs are no longer taken; the log says why. Restart the service."
    parts["jobs"] = {"ok": jobs.alive, "state": state, "reason": reason}
    leaving = request.app.state.leaving
    reason = "It is about to stop. Ask another one." if leaving else None
    parts["service"] = {"ok": not leaving, "state": "leaving" if leaving else "serving", "reason": reason}
    ready = all(part["ok"] for part in parts.values())
    told = {"ready": ready} if getattr(request.state, STATE_BARE, False) else {"ready": ready, "parts": parts}
    return JSONResponse(told, 200 if ready else 503, {"Cache-Control": "no-store"})
