"""Tornado: `server_tornado.py echo|deflate|broadcast`, run by target/tools/python."""

import asyncio
import sys

from tornado import httpserver, netutil, web, websocket

MODE = sys.argv[1]
EVERYONE = set()


class Server(websocket.WebSocketHandler):
    def get_compression_options(self):
        return {} if MODE == "deflate" else None

    def open(self):
        EVERYONE.add(self)

    def on_close(self):
        EVERYONE.discard(self)

    def on_message(self, message):
        for client in EVERYONE if MODE == "broadcast" else [self]:
            client.write_message(message, binary=isinstance(message, bytes))


async def main():
    sockets = netutil.bind_sockets(0, "127.0.0.1", backlog=4096)
    httpserver.HTTPServer(web.Application([("/.*", Server)])).add_sockets(sockets)
    print("listening on 127.0.0.1:%d" % sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
