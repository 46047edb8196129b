"""A server in Discord's place that answers as a test says, and remembers what it was sent."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POSTED = (200, {"id": "987"}, {})
HANG_UP = None
SILENCE = "silence"


class DiscordServer:
    """Answers with what stands in `answers`, and else as if the message was posted."""

    def __init__(self):
        self.answers, self.received = [], []
        self.gate = threading.Event()
        discord = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                discord.received.append((self.path, dict(self.headers), json.loads(body)))
                self.reply()

            def do_GET(self):
                discord.received.append((self.path, dict(self.headers), None))
                self.reply()

            def reply(self):
                answer = discord.answers.pop(0) if discord.answers else POSTED
                if answer is HANG_UP:
                    self.close_connection = True
                    return
                if answer == SILENCE:
                    discord.gate.wait(10)
                    return
                status, content, headers = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((content if isinstance(content, str) else json.dumps(content)).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"

    def stop(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
