"""Reads a mail with Python's own library, and says in JSON what stands in it."""
import email
import email.policy
import json
import sys

with open(sys.argv[1], "rb") as file:
    raw = file.read()
mail = email.message_from_bytes(raw, policy=email.policy.default)
parts = [part for part in mail.walk() if not part.is_multipart()]
calendar = next(part for part in parts if part.get_content_type() == "text/calendar")
said = {
    "headers": {name.lower(): str(value) for name, value in mail.items()},
    "defects": [str(defect) for part in mail.walk() for defect in part.defects],
    "kinds": [part.get_content_type() for part in mail.walk()],
    "text": parts[0].get_content(),
    "page": parts[1].get_content(),
    "calendar": calendar.get_content(),
    "method": calendar["content-type"].params["method"],
    "file": calendar.get_filename(),
    "longest": max(len(line) for line in raw.split(b"\r\n")),
    "ascii": raw.isascii(),
    "bare": raw.replace(b"\r\n", b"").count(b"\n"),
}
try:
    from icalendar import Calendar

    events = Calendar.from_ical(said["calendar"]).walk("VEVENT")
    said["events"] = [[str(event["UID"]), str(event["STATUS"])] for event in events]
except ImportError:
    pass
json.dump(said, sys.stdout)
