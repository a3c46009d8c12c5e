"""Tornado's signed cookies and XSRF tokens as a peer, run by target/tools/python.

cookies_tornado.py SETTINGS   serves, and prints `listening on ADDR`; SETTINGS is JSON: {"secret": TEXT} or
                              {"keys": {VERSION: TEXT}, "version": VERSION}

/sign?name=&value=   a signed value          /read?name=&text=   the value in it, or 403
/key?text=           its key's version       /xsrf               GET: a token and its cookie; POST: ok or 403
"""

import asyncio
import json
import sys

from tornado import httpserver, netutil, web


class Sign(web.RequestHandler):
    def get(self):
        self.write(self.create_signed_value(self.get_argument("name"), self.get_argument("value", strip=False)))


class Read(web.RequestHandler):
    def get(self):
        # min_version 2, as Tornado's own readers of cookies accept version 1 as well.
        value = self.get_signed_cookie(self.get_argument("name"), self.get_argument("text"), min_version=2)
        if value is None:
            raise web.HTTPError(403)
        self.write(value)


class Key(web.RequestHandler):
    def get(self):
        self.write(str(web.get_signature_key_version(self.get_argument("text"))))


class Xsrf(web.RequestHandler):
    def get(self):
        self.write(self.xsrf_token)

    def post(self):
        self.write("ok")


async def serve(settings):
    if "keys" in settings:
        secret = {int(version): key for version, key in settings["keys"].items()}
        more = {"key_version": settings["version"]}
    else:
        secret, more = settings["secret"], {}
    handlers = [("/sign", Sign), ("/read", Read), ("/key", Key), ("/xsrf", Xsrf)]
    app = web.Application(handlers, cookie_secret=secret, xsrf_cookies=True, **more)
    sockets = netutil.bind_sockets(0, "127.0.0.1")
    httpserver.HTTPServer(app).add_sockets(sockets)
    print("listening on 127.0.0.1:%d" % sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
