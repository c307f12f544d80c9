"""An S3 of one bucket with many keys, whose pages are made when they are asked for; it takes uploads in parts."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from stacklib.doubles import Double, Handler

PAGE = 1_000


class ListingDouble(Double):
    """`keys` gives the key of a number; `parts` has what was uploaded, and is put together in `object`."""

    def __init__(self, count: int, keys) -> None:
        double = self
        self.parts: dict[int, bytes] = {}
        self.object: bytes | None = None

        class Store(Handler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                start = int(query.get("continuation-token", ["0"])[0])
                end = min(start + PAGE, count)
                xml = "".join(
                    f"<Contents><Key>{quote(keys(n))}</Key><Size>1</Size><ETag>&quot;e&quot;</ETag></Contents>"
                    for n in range(start, end)
                )
                more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{end}</NextContinuationToken>"
                page = f"<EncodingType>url</EncodingType>{xml}{more if end < count else ''}"
                self.answer(200, f"<ListBucketResult>{page}</ListBucketResult>".encode())

            def do_POST(self) -> None:
                self.body()
                if "uploads" in self.path:
                    reply = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
                    return self.answer(200, reply.encode())
                double.object = b"".join(double.parts[n] for n in sorted(double.parts))
                reply = "<CompleteMultipartUploadResult><ETag>&quot;whole-2&quot;</ETag>"
                return self.answer(200, f"{reply}</CompleteMultipartUploadResult>".encode())

            def do_PUT(self) -> None:
                body = self.body()
                number = int(parse_qs(urlsplit(self.path).query)["partNumber"][0])
                double.parts[number] = body
                self.answer(200, ETag=f'"{number}"')

        super().__init__(Store)
