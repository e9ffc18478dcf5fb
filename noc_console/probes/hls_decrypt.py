"""Opens AES-128 segments whose key is reachable, only where the operator asked for it (RFC 8216 5.2)."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from noc_console.media.hls.playlist import Key

_BLOCK = 16


def decrypted(body: bytes, key: Key, secret: bytes, sequence: int) -> bytes:
    """Return the clear segment; raise ValueError where the bytes, the key or the IV cannot be used."""
    return cleared(body, secret, _iv(key, sequence))


def cleared(body: bytes, secret: bytes, iv: bytes) -> bytes:
    """Return the clear segment by key and IV; raise ValueError where the bytes, the key or the IV cannot be used."""
    if not body or len(body) % _BLOCK:
        raise ValueError(f"{len(body)} bytes are no whole number of AES blocks")
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(iv)).decryptor()
    clear = decryptor.update(body) + decryptor.finalize()
    padding = clear[-1]
    # RFC 5652 6.3: PKCS7 padding repeats its own length
    if not 1 <= padding <= _BLOCK or clear[-padding:] != bytes([padding]) * padding:
        raise ValueError("the key does not open it")
    return clear[:-padding]


def _iv(key: Key, sequence: int) -> bytes:
    # RFC 8216 5.2: without IV it is the media sequence number, big endian in 16 octets
    if not key.iv:
        return sequence.to_bytes(_BLOCK, "big")
    digits = key.iv[2:] if key.iv[:2].lower() == "0x" else key.iv
    return bytes.fromhex(digits.rjust(2 * _BLOCK, "0")[-2 * _BLOCK :])
