"""A client of event streams as a program in Python has one: aiohttp, and the rules of the standard by hand.

Commands come by lines on the standard input (`open URL`, `close`), what happens goes out as lines of JSON.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
import sys

import aiohttp

FOREVER = aiohttp.ClientTimeout(total=None, sock_read=None)


def tell(**what):
    print(json.dumps(what), flush=True)


class EventSource:
    def __init__(self, session, url):
        self.session = session
        self.url = url
        self.last_event_id = ""
        self.retry = 3.0

    async def run(self):
        """Reads, and comes back after every end, until the server says 204 or refuses."""
        while True:
            headers = {"Accept": "text/event-stream"}
            if self.last_event_id:
                headers["Last-Event-ID"] = self.last_event_id
            try:
                async with self.session.get(self.url, headers=headers) as response:
                    if response.status != 200:
                        tell(gave_up=response.status)
                        return
                    await self.read(response.content)
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(self.retry)

    async def read(self, content):
        rest, kind, data, event_id = b"", "", [], self.last_event_id
        # Lines may be longer than what aiohttp takes for one.
        async for piece in content.iter_any():
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                field, _, value = line.decode().partition(":")
                value = value[1:] if value.startswith(" ") else value
                if field == "id":
                    event_id = value
                elif field == "event":
                    kind = value
                elif field == "data":
                    data.append(value)
                elif field == "retry":
                    self.retry = int(value) / 1000
                elif not line:
                    self.last_event_id = event_id
                    if data:
                        tell(type=kind or "message", data="\n".join(data), id=event_id)
                    kind, data = "", []


async def main():
    loop = asyncio.get_running_loop()
    task = None
    async with aiohttp.ClientSession(timeout=FOREVER) as session:
        while True:
            command, _, url = (await loop.run_in_executor(None, sys.stdin.readline)).strip().partition(" ")
            if task:
                task.cancel()
            if command == "open":
                task = asyncio.create_task(EventSource(session, url).run())
            if not command:
                return


asyncio.run(main())
