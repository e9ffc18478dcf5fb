"""Opens the bytes of a job that are encrypted with AES-128 CBC and whose key came with it (RFC 8216, 5.2)."""

from __future__ import annotations

from noc_console.probes.decode.job import Job
from noc_console.probes.decode.units import Undecodable


def opened_body(job: Job, body: bytes) -> bytes:
    """Return the clear bytes of a job; raises Undecodable where its key does not open them."""
    if not job.key:
        return body
    from noc_console.probes.hls_decrypt import cleared

    try:
        return cleared(body, job.key, job.iv or max(job.sequence, 0).to_bytes(16, "big"))
    except ValueError as error:
        raise Undecodable(f"The segment cannot be decrypted: {error}.") from None
