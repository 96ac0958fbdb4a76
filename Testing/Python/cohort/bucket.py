"""A stand-in for a public S3 bucket: lists keys below a prefix and hands them out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Server(ThreadingHTTPServer):
    request_queue_size = 1000  # s5cmd asks for hundreds of objects at once; who is turned away waits for seconds


class Bucket:
    """Serves objects, by "bucket/key", until it is closed."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        self.requests: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append(self.path)
                url = urlsplit(self.path)
                key, asked = unquote(url.path).strip("/"), parse_qs(url.query)
                if "list-type" in asked or "prefix" in asked:
                    self._answer(200, _listing(key, asked.get("prefix", [""])[0], objects), "application/xml")
                elif key in objects:
                    self._answer(200, objects[key], "application/octet-stream")
                else:
                    self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")

            def do_HEAD(self) -> None:
                key = unquote(urlsplit(self.path).path).strip("/")
                held = objects.get(key, b"" if "/" not in key else None)  # a bucket, whose region is asked for
                self.send_response(404 if held is None else 200)
                self.send_header("Content-Length", str(len(held or b"")))
                self.send_header("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
                self.send_header("ETag", '"0"')
                self.end_headers()

            def _answer(self, code: int, body: bytes, kind: str) -> None:
                wanted = self.headers.get("Range", "")
                if code == 200 and wanted.startswith("bytes="):
                    first, _, last = wanted[6:].partition("-")
                    begin, end = int(first), min(int(last or len(body) - 1), len(body) - 1)
                    self.send_response(206)
                    self.send_header("Content-Range", f"bytes {begin}-{end}/{len(body)}")
                    body = body[begin : end + 1]
                else:
                    self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
                self.send_header("ETag", '"0"')
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _listing(bucket: str, prefix: str, objects: Mapping[str, bytes]) -> bytes:
    begin = f"{bucket}/"
    keys = sorted(key[len(begin) :] for key in objects if key.startswith(begin + prefix))
    entries = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(objects[begin + key])}</Size>"
        "<LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;0&quot;</ETag>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for key in keys
    )
    return (
        '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(keys)}</KeyCount>"
        f"<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
    ).encode()
