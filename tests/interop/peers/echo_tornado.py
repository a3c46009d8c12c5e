"""Tornado as a peer, run by target/tools/python.

echo_tornado.py server [plain]             echoes, and prints `listening on ADDR`; with permessage-deflate unless `plain`
echo_tornado.py client URL deflate|plain   tries an echo server, and prints `ok`; `deflate`: it must agree to compress
"""

import asyncio
import sys

from tornado import httpserver, netutil, web, websocket

LARGEST = 64 << 20


class Echo(websocket.WebSocketHandler):
    deflate = True

    def get_compression_options(self):
        return {} if self.deflate else None

    async def on_message(self, message):
        await self.write_message(message, binary=isinstance(message, bytes))


async def serve(deflate):
    Echo.deflate = deflate
    sockets = netutil.bind_sockets(0, "127.0.0.1")
    app = web.Application([("/.*", Echo)], websocket_max_message_size=LARGEST)
    httpserver.HTTPServer(app).add_sockets(sockets)
    print("listening on 127.0.0.1:%d" % sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


async def connect(url, deflate):
    return await websocket.websocket_connect(
        url, compression_options={} if deflate else None, max_message_size=LARGEST
    )


async def echo(peer, message):
    binary = isinstance(message, bytes)
    await peer.write_message(message, binary=binary)
    answer = await peer.read_message()
    assert answer == message and isinstance(answer, bytes) == binary, (len(message), answer and len(answer))


async def client(url, deflate):
    peer = await connect(url, deflate)
    extension = peer.headers.get("Sec-WebSocket-Extensions", "")
    assert ("permessage-deflate" in extension) == deflate, extension
    noise, x = bytearray(), 1
    while len(noise) < 1 << 20:
        x = x * 48271 % 0x7FFFFFFF
        noise.append(x >> 8 & 255)
    for message in ["", "Grüße ☂ 🌪", "again and " * 100_000, b"", bytes(range(256)), bytes(70_000), bytes(noise)]:
        await echo(peer, message)

    # Fragments are not part of Tornado's API, so its protocol object writes them.
    if not deflate:
        protocol = peer.protocol
        for fin, opcode, data in [(False, 1, b"a wh"), (False, 0, b""), (True, 9, b""), (True, 0, b"ole message")]:
            await protocol._write_frame(fin, opcode, data)
        answer = await peer.read_message()
        assert answer == "a whole message", answer

    pongs = asyncio.Queue()
    peer.on_pong = pongs.put_nowait
    for data in [b"ping", bytes(125)]:
        peer.ping(data)
        await echo(peer, "and the pong comes first")
        assert pongs.get_nowait() == data
    peer.close(1000, "done")
    assert await peer.read_message() is None and peer.close_code == 1000, peer.close_code
    for code in [1001, 1003, 1011, 3000, 4999]:
        peer = await connect(url, deflate)
        peer.close(code, "reason ☂")
        assert await peer.read_message() is None and peer.close_code == code, (peer.close_code, code)
    print("ok")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["server", *plain]:
            asyncio.run(serve(plain != ["plain"]))
        case ["client", url, ("deflate" | "plain") as deflate]:
            asyncio.run(client(url, deflate == "deflate"))
        case other:
            sys.exit("what is %s?" % " ".join(other))
