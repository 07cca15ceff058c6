"""A mail server on this machine: FOLDER PORT LINE [CERTIFICATE KEY]. LINE is none, tls, starttls, or auth (starttls and a password).

Each mail that is taken is a file in FOLDER. Who is written to decides what happens: later@ is refused for now, gone@ for ever, and for
hang@ the server says so and answers no more.
"""
import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

folder, port, line = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
tls = None
if line != "none":
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[4], sys.argv[5])


class Takes:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later@"):
            return f"451 4.7.1 {address} is greylisted, try later"
        if address.startswith("gone@"):
            return f"550 5.1.1 {address} is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("hang@") and not (folder / "restarted").exists():
            print("HANGING", flush=True)
            await asyncio.sleep(3600)
        number = len(list(folder.glob("*.eml"))) + 1
        (folder / f"{number}.eml").write_bytes(envelope.original_content)
        return "250 taken"


def knows(server, session, envelope, mechanism, data):
    # Not handled: the server itself answers 535 where it is wrong.
    return AuthResult(success=(data.login, data.password) == (b"obligo", b"hunter2"), handled=False)


class OnePort(Controller):
    def factory(self):
        by_starttls = {"tls_context": tls, "require_starttls": True} if line in ("starttls", "auth") else {}
        by_password = {"authenticator": knows, "auth_required": True} if line == "auth" else {}
        return SMTP(self.handler, hostname="localhost", **by_starttls, **by_password)


server = OnePort(Takes(), hostname="127.0.0.1", port=port, ssl_context=tls if line == "tls" else None)
# Its own start tries a connection first, and does not say which port it was given.
loop = server.loop
asyncio.set_event_loop(loop)
listening = loop.run_until_complete(
    loop.create_server(server.factory, host="127.0.0.1", port=port, ssl=tls if line == "tls" else None)
)
print(listening.sockets[0].getsockname()[1], flush=True)
loop.run_forever()
