"""A receiver of webhooks and pings on this machine: FOLDER PORT SECRET ANSWER…

Each call is a file in FOLDER: its path, its headers, its body, and whether the signature holds by the library of the specification. The first
call gets the first ANSWER, and so on; the last answers all that follow. `hang` says so and answers no more.
"""
import json
import pathlib
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, port, secret, answers = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]


def holds(body, headers):
    try:
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError
    except ImportError:
        return None
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError as error:
        return str(error)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        number = len(list(folder.glob("*.json"))) + 1
        answer = answers[min(number, len(answers)) - 1]
        call = {"path": self.path, "headers": headers, "body": body.decode(), "holds": holds(body, headers)}
        (folder / f"{number}.json").write_text(json.dumps(call))
        if answer == "hang":
            print("HANGING", flush=True)
            time.sleep(3600)
        self.send_response(int(answer))
        if answer.startswith("3"):
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
