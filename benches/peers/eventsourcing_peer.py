"""The same work on Python's eventsourcing with SQLite.

    eventsourcing_peer.py WORK FILE AGREEMENT     append, load, replay or status: prints what it took in milliseconds
    eventsourcing_peer.py make FILE ''            makes the file from entries, one a line on standard input

An agreement is an aggregate and a record is an event that has the entry's fields; the state is the one that the other peer has.
"""

import json
import os
import sys
import time
from uuid import NAMESPACE_URL, UUID, uuid5

work, file, agreement = sys.argv[1:]
os.environ["PERSISTENCE_MODULE"] = "eventsourcing.sqlite"
os.environ["SQLITE_DBNAME"] = file

from eventsourcing.application import Application  # noqa: E402
from eventsourcing.domain import Aggregate, event  # noqa: E402


def identity(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


class Agreement(Aggregate):
    @event("Begun")
    def __init__(self, name: str) -> None:
        self.name = name
        self.kinds: dict[str, int] = {}
        self.performed: set[str] = set()

    @staticmethod
    def create_id(name: str) -> UUID:
        return identity(name)

    @event("Recorded")
    def record(self, kind: str, occurred_on: str | None, recorded_at: str, actor: str, data: dict) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if "instance" in data:
            self.performed.add(data["instance"])


class Register(Application):
    snapshotting_intervals = None


def fields(entry: dict) -> dict:
    return {
        "kind": entry["type"],
        "occurred_on": entry["occurred_on"],
        "recorded_at": entry["recorded_at"],
        "actor": entry["actor"],
        "data": entry["data"],
    }


def make(app: Register) -> None:
    agreements: dict[str, Agreement] = {}
    changed: set[str] = set()
    for number, line in enumerate(sys.stdin, 1):
        entry = json.loads(line)
        name = entry["agreement"]
        if name not in agreements:
            agreements[name] = Agreement(name)
        agreements[name].record(**fields(entry))
        changed.add(name)
        if number % 5000 == 0:
            app.save(*(agreements[name] for name in changed))
            changed.clear()
    app.save(*(agreements[name] for name in changed))


def replay(app: Register) -> int:
    """All events in their order, each to its aggregate."""
    all_of_them: dict[UUID, Agreement] = {}
    start = 1
    while True:
        notifications = app.recorder.select_notifications(start=start, limit=1000)
        if not notifications:
            break
        for notification in notifications:
            found = app.mapper.to_domain_event(notification)
            known = all_of_them.get(found.originator_id)
            all_of_them[found.originator_id] = found.mutate(known)
        start = notifications[-1].id + 1
    return sum(len(one.performed) for one in all_of_them.values())


def median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def timed(do) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1000


def append(app: Register) -> None:
    one = app.repository.get(identity(agreement))
    one.record("work.reported", "2026-11-20", "2026-11-21T09:00:00.000000Z", "bench", {"text": "A working group compared the two lists"})
    app.save(one)


app = Register()
if work == "make":
    make(app)
elif work == "append":
    print(median([timed(lambda: append(app)) for _ in range(20)]))
elif work == "load":
    print(median([timed(lambda: app.repository.get(identity(agreement))) for _ in range(20)]))
elif work in ("replay", "status"):
    print(timed(lambda: replay(app)))
else:
    sys.exit("make, append, load, replay or status")
