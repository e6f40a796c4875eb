"""Hands out the static files. Their addresses carry the digest of the content, so a browser may keep them for a year."""

from fastapi import APIRouter, HTTPException, Request, Response

from bot.web import state

FOR_A_YEAR = "public, max-age=31536000, immutable"

router = APIRouter()


@router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
def serve(name: str, request: Request) -> Response:
    """The file, compressed if the browser takes it."""
    asset = state.assets(request).get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"cache-control": FOR_A_YEAR, "etag": f'"{asset.digest}"', "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.compressed, headers=headers | {"content-encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.content, headers=headers, media_type=asset.media_type)
