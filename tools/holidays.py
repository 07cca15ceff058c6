#!/usr/bin/env python3
"""Turn a table of holidays into one calendar file for each calendar in it.

usage: holidays.py TABLE.csv KNOWN-FROM FIRST-YEAR LAST-YEAR FOLDER

The table has the columns calendar, date, name, status, source. Editions are append only: an existing file is
never overwritten; move the new edition into it by hand, then check it against the official source.
"""
import csv
import datetime
import pathlib
import sys

NAMES = {
    "KR": "Republic of Korea, public holidays",
    "SG": "Singapore, public holidays",
    "JP": "Japan, national holidays",
    "GB-ENG": "England, bank and public holidays",
}
STATUS = "library"
NOTE = "draft as a library gives it; not checked against the official source"


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(table, known_from, first, last, folder):
    datetime.date.fromisoformat(known_from)
    calendars = {}
    with open(table, newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            day = datetime.date.fromisoformat(row["date"])
            if not int(first) <= day.year <= int(last):
                sys.exit(f"{row['calendar']} {day} is outside {first}/{last}")
            days = calendars.setdefault(row["calendar"], {})
            if day in days:
                sys.exit(f"{row['calendar']} {day} is there twice")
            days[day] = row
    for name, days in sorted(calendars.items()):
        titles = {row["source"] for row in days.values()}
        if len(titles) != 1:
            sys.exit(f"{name} has more than one source")
        lines = [
            f"id = {text(name)}",
            f"name = {text(NAMES[name])}",
            "",
            "[[edition]]",
            f"known_from = {known_from}",
            f'covers = "{first}/{last}"',
            f"status = {text(STATUS)}",
            f"source = {{ title = {text(titles.pop())}, note = {text(NOTE)} }}",
            "days = [",
        ]
        for day, row in sorted(days.items()):
            status = "" if row["status"] == STATUS else f", status = {text(row['status'])}"
            lines.append(f"  {{ on = {day}, name = {text(row['name'])}{status} }},")
        with open(pathlib.Path(folder) / f"{name}.toml", "x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
