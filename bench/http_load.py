"""A closed loop of HTTP requests: each connection sends again once it has its answer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """`took_ms` of each answer, and how many had the expected status."""

    took_ms: list[float]
    good: int


async def send(
    ports: Sequence[int], path: str, body: bytes, headers: dict[str, str], count: int, connections: int,
    expected: int,
) -> Answers:  # fmt: skip
    """POST `body` `count` times over `connections` kept-alive connections to 127.0.0.1.

    The connections go to the ports in turn.
    """
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    left = iter(range(count))
    took_ms: list[float] = []
    good = 0

    async def customer(port: int) -> None:
        nonlocal good
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await _read_body(reader, head)
            took_ms.append((time.perf_counter() - started) * 1000)
            good += int(head.split(b" ", 2)[1]) == expected
        writer.close()

    await asyncio.gather(*(customer(ports[n % len(ports)]) for n in range(connections)))
    return Answers(took_ms, good)


async def _read_body(reader: asyncio.StreamReader, head: bytes) -> None:
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    elif b"content-length:" in lower:
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
