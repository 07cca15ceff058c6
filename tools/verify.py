#!/usr/bin/env python3
"""Verifies bundles of Obligo: whether a log, or a slice of one, is what it was.

    python3 verify.py BUNDLE… [--against FILE]… [--key VKEY]… [--json]

A second implementation, written from docs/log-format.md with nothing but Python's standard library, so that
nobody has to trust the program that wrote a bundle. Its sections are in the order of that document.

--against FILE   a checkpoint that you hold: a file with it, a receipt, a file of checkpoints, a CSV that ends with one
--key VKEY       a key that you trust, NAME+ID+BASE64, from elsewhere than the bundle
--json           one JSON object a bundle, in a line
--batch          reads command lines from standard input, one a line, their words separated by tabs

Exit code: 0 nothing amiss, and anchored if something was named that should anchor it; 5 otherwise; 2 wrong usage;
1 a file cannot be read. Of several bundles the largest counts.
"""

import base64
import hashlib
import json
import os
import re
import sys
import unicodedata

# ---------------------------------------------------------------------------------------------------- plain forms

MOST = 2**63 - 1
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DIGEST = re.compile(r"[0-9a-f]{64}")


class Wrong(Exception):
    """Something is not in its one form, or does not hold."""


def must(holds, what):
    if not holds:
        raise Wrong(what)


def unbase64(text):
    """Base 64 with padding whose unused bits are 0."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("not base 64") from None
    must(base64.b64encode(data).decode() == text, "a second form of base 64")
    return data


def hash_of(text):
    data = unbase64(text)
    must(len(data) == 32, "not a hash")
    return data


def no_number(text):
    raise Wrong(f"{text} is not a whole number")


def read_json(data):
    """A value from UTF-8; numbers are whole."""
    try:
        return json.loads(data.decode("utf-8"), parse_float=no_number, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise Wrong("not JSON in UTF-8") from None


def write_json(value):
    """The one form of a value: no white space, characters as themselves."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError):
        raise Wrong("a character that UTF-8 has not") from None


def is_whole_number(value, least, most):
    return type(value) is int and least <= value <= most


def is_text(value):
    return type(value) is str


def is_position(value):
    return is_whole_number(value, 1, MOST)


# ------------------------------------------------------------------------------------------------------- an entry

KEYS = ("origin seq id command agreement version type schema occurred_on recorded_at actor authority source reason "
        "corrects rules data").split()
INSTANT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.[0-9]{6}Z")


def is_instant(text):
    parts = INSTANT.fullmatch(text) if is_text(text) else None
    if not parts:
        return False
    year, month, day, hour, minute, second = map(int, parts.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60


def is_source(value):
    orders = (["id"], ["id", "sha256"], ["id", "locator"], ["id", "sha256", "locator"])
    return value is None or (type(value) is dict and list(value) in orders and all(map(is_text, value.values())))


def is_plain(value, depth):
    if type(value) is int:
        return -(2**63) <= value < 2**64
    if type(value) in (list, dict):
        inner = value.values() if type(value) is dict else value
        return depth > 0 and all(is_plain(one, depth - 1) for one in inner)
    return True


def read_entry(data):
    """An entry in its exact form."""
    entry = read_json(data)
    must(type(entry) is dict and list(entry) == KEYS, "its keys are not those of an entry")
    must(is_plain(entry, 100), "a number too large, or too deep")
    must(write_json(entry) == data, "not written in the one form of an entry")
    for key in ("origin", "id", "command"):
        must(is_text(entry[key]) and UUID.fullmatch(entry[key]), key)
    for key in ("agreement", "type", "actor"):
        must(is_text(entry[key]) and entry[key], key)
    for key in ("occurred_on", "authority", "reason", "rules"):
        must(entry[key] is None or is_text(entry[key]), key)
    must(is_position(entry["seq"]) and is_position(entry["version"]), "seq or version")
    must(is_whole_number(entry["schema"], 1, 2**32 - 1), "schema")
    must(entry["corrects"] is None or is_position(entry["corrects"]), "corrects")
    must(is_instant(entry["recorded_at"]), "recorded_at")
    must(is_source(entry["source"]), "source")
    must(type(entry["data"]) is dict, "data")
    return entry


# ------------------------------------------------------------------------------------------- the tree, and proofs


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_of(entry):
    return sha256(b"\x00" + entry)


def node_of(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    """Complete subtrees, level by level, and roots over any number of the first leaves."""

    def __init__(self, leaves):
        self.levels = [leaves]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node_of(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def root(self, size):
        root = None
        for level in range(size.bit_length()):
            if size >> level & 1:
                left = self.levels[level][(size >> level) - 1]
                root = left if root is None else node_of(left, root)
        return sha256(b"") if root is None else root


def is_included(leaf, place, size, path, root):
    if size <= place:
        return False
    last, value = size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            value = node_of(sibling, value)
            while place % 2 == 0 and place != 0:
                place, last = place // 2, last // 2
        else:
            value = node_of(value, sibling)
        place, last = place // 2, last // 2
    return last == 0 and value == root


def is_consistent(old, old_root, new, new_root, path):
    if old == 0 or old == new:
        return not path and (old_root == sha256(b"") if old == 0 else True) and (old_root == new_root if old == new else True)
    if old & (old - 1) == 0:
        path = [old_root] + path
    if new < old or not path:
        return False
    place, last = old - 1, new - 1
    while place % 2 == 1:
        place, last = place // 2, last // 2
    of_old = of_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            of_old, of_new = node_of(sibling, of_old), node_of(sibling, of_new)
            while place % 2 == 0 and place != 0:
                place, last = place // 2, last // 2
        else:
            of_new = node_of(of_new, sibling)
        place, last = place // 2, last // 2
    return last == 0 and of_old == old_root and of_new == new_root


# ------------------------------------------------------------------------------------- Ed25519, RFC 8032, section 5.1

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Points as X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, l = f - e, h - g, h + g, f + e
    return i * j % P, k * l % P, j * k % P, i * l % P


def times(factor, point):
    product = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            product = add(product, point)
        point, factor = add(point, point), factor >> 1
    return product


def point_of(data):
    """A point from its 32 bytes; None where they are not its one form."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def bytes_of(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def is_of_small_order(point):
    eightfold = times(8, point)
    return eightfold[0] % P == 0 and (eightfold[1] - eightfold[2]) % P == 0


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
POWERS_OF_BASE = [BASE]
while len(POWERS_OF_BASE) < 253:
    POWERS_OF_BASE.append(add(POWERS_OF_BASE[-1], POWERS_OF_BASE[-1]))


def times_base(factor):
    product = (0, 1, 1, 0)
    for place in range(factor.bit_length()):
        if factor >> place & 1:
            product = add(product, POWERS_OF_BASE[place])
    return product


def holds_ed25519(public, message, signature):
    if len(signature) != 64:
        return False
    key, r, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER or is_of_small_order(key) or is_of_small_order(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    x, y, z, t = key
    return bytes_of(add(times_base(s), times(k, (P - x, y, z, P - t)))) == signature[:32]


# ------------------------------------------------------------------------------------------- checkpoints and keys


def is_name(name):
    return bool(name) and not any(c.isspace() or unicodedata.category(c) == "Cc" or c == "+" for c in name)


class Key:
    """NAME+ID+BASE64: the key of a log (type 1) or of a witness (type 4)."""

    def __init__(self, text):
        parts = text.split("+", 2)
        must(len(parts) == 3 and is_name(parts[0]) and re.fullmatch("[0-9a-f]{8}", parts[1]), "not a key")
        self.name, self.id = parts[0], bytes.fromhex(parts[1])
        data = unbase64(parts[2])
        must(len(data) == 33 and data[0] in (1, 4) and point_of(data[1:]), "not a key")
        must(sha256(self.name.encode("utf-8") + b"\n" + data)[:4] == self.id, "not the id of the key")
        self.type, self.public = data[0], data[1:]

    def holds(self, note, data):
        text = note.text.encode("utf-8")
        if self.type == 4:
            time, data = int.from_bytes(data[:8], "big"), data[8:]
            text = b"cosignature/v1\ntime %d\n" % time + text
        return holds_ed25519(self.public, text, data)

    def has_signed(self, note):
        """True; False where no line says so; None where the checkpoint is false under this key."""
        lines = [data for name, id, data in note.lines if name == self.name and id == self.id]
        if not all(self.holds(note, data) for data in lines):
            return None
        return bool(lines)


class Note:
    """A signed checkpoint."""

    def __init__(self, note):
        try:
            length = len(note.encode("utf-8"))
        except ValueError:
            raise Wrong("not UTF-8") from None
        must(length <= 65536 and not any(c < " " and c != "\n" for c in note), "not a note")
        text, blank, signed = note.rpartition("\n\n")
        must(blank and signed.endswith("\n"), "not a note")
        self.text = text + "\n"
        lines = text.split("\n")
        must(len(lines) >= 3 and all(lines), "not the text of a checkpoint")
        must(re.fullmatch("0|[1-9][0-9]{,19}", lines[1]) and int(lines[1]) < 2**64, "not a size")
        self.origin, self.size, self.root = lines[0], int(lines[1]), hash_of(lines[2])
        self.lines = [self.signature(line) for line in signed[:-1].split("\n")]

    @staticmethod
    def signature(line):
        parts = line.split(" ")
        must(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]), "not a signature")
        data = unbase64(parts[2])
        must(len(data) > 4, "not a signature")
        return parts[1], data[:4], data[4:]


# ------------------------------------------------------------------------------------------------------- a bundle


class Verdict(Exception):
    """Where a verification ends."""

    def __init__(self, word, number=None, remark="", by=None):
        super().__init__(remark)
        self.word, self.number, self.by, self.remark = word, number, by, remark

    def __str__(self):
        if self.word == "ANCHORED":
            return f"ANCHORED({self.number}, by {self.by})"
        return self.word if self.number is None else f"{self.word}({self.number})"

    def is_good(self):
        return self.word in ("ANCHORED", "SELF-CONSISTENT")


def header_of(line):
    """Step 1."""
    try:
        header = read_json(line)
        names = ["schema", "origin", "size", "records", "root", "checkpoint", "consistency", "keys"]
        must(type(header) is dict and list(header) == names, "its keys are not those of a header")
        must(write_json(header) == line, "not written in the one form of a header")
        must(header["schema"] == "obligo.bundle.v1", "another format")
        must(is_text(header["origin"]) and UUID.fullmatch(header["origin"]), "origin")
        must(is_whole_number(header["size"], 0, MOST) and is_whole_number(header["records"], 0, header["size"]), "size")
        must(is_text(header["root"]) and DIGEST.fullmatch(header["root"]), "root")
        must(header["checkpoint"] is None or is_text(header["checkpoint"]), "checkpoint")
        for name in ("consistency", "keys"):
            must(type(header[name]) is list and all(map(is_text, header[name])), name)
        header["root"] = bytes.fromhex(header["root"])
        header["note"] = None if header["checkpoint"] is None else Note(header["checkpoint"])
        header["consistency"] = [hash_of(text) for text in header["consistency"]]
        header["keys"] = [Key(text) for text in header["keys"]]
        return header
    except Wrong as wrong:
        raise Verdict("DAMAGED", remark=f"the header: {wrong}") from None


def line_of(entry, data, path):
    line = {
        "specversion": "1.0",
        "id": entry["id"],
        "source": "urn:uuid:" + entry["origin"],
        "type": "obligo." + entry["type"],
        "time": entry["recorded_at"],
        "subject": entry["agreement"],
        "datacontenttype": "application/json",
        "recordedtime": entry["recorded_at"],
        "sequence": "%020d" % entry["seq"],
        "leaf": base64.b64encode(leaf_of(data)).decode(),
        "inclusion": path,
        "data_base64": base64.b64encode(data).decode(),
    }
    if path is None:
        del line["inclusion"]
    return write_json(line)


class Bundle:
    """Steps 1 to 4: what can be said of it by itself."""

    def __init__(self, data):
        *lines, rest = data.split(b"\n")
        if not lines:
            raise Verdict("DAMAGED", remark="the header is missing")
        header = header_of(lines[0])
        self.origin, self.size, self.root = header["origin"], header["size"], header["root"]
        self.note, self.keys, self.consistency = header["note"], header["keys"], header["consistency"]
        self.is_whole = header["records"] == self.size
        self.last, self.records, self.tree = 0, [], None
        self.ids, self.commands, self.versions, self.before = set(), set(), {}, None
        for line in lines[1 : header["records"] + 1]:
            self.take(line)
        count = len(lines) - 1
        if count < header["records"]:
            raise Verdict("INCOMPLETE", self.last + 1, f"{header['records']} records are announced, {count} are there")
        if count > header["records"] or rest:
            raise Verdict("TAMPERED", self.last + 1, f"there is more after the {header['records']} records that are announced")
        if self.is_whole:
            self.tree = Tree([leaf_of(data) for _, data in self.records])
            if self.tree.root(self.size) != self.root:
                raise Verdict("TAMPERED" if self.size else "DAMAGED", 1 if self.size else None, "the root is not that of the records")

    def take(self, line):
        place = self.last + 1
        try:
            read = read_json(line)
            must(type(read) is dict and all(map(is_text, read.values())), "not an object of strings")
            write_json(read)
            must("data_base64" in read, "no entry")
            data = unbase64(read["data_base64"])
            entry = read_entry(data)
            seq = entry["seq"]
            must(seq == place if self.is_whole else place <= seq <= self.size, "a record that cannot stand there")
            place = seq
            must(entry["origin"] == self.origin, "a record of another log")
            path = read.get("inclusion")
            must((path is None) == self.is_whole, "a path where none belongs, or none where one does")
            must(line_of(entry, data, path) == line, "the line is not what its entry says")
            if path is not None:
                hashes = [hash_of(text) for text in path.split(" ")]
                must(is_included(leaf_of(data), seq - 1, self.size, hashes, self.root), "its path does not lead to the root")
            self.fits(entry)
        except Wrong as wrong:
            raise Verdict("TAMPERED", place, f"record {place}: {wrong}") from None
        self.last = seq
        self.records.append((seq, data))

    def fits(self, entry):
        """A record beside those before it."""
        must(entry["id"] not in self.ids, "the id of an earlier record")
        self.ids.add(entry["id"])
        is_first = self.before is None or self.before["command"] != entry["command"]
        if self.is_whole and is_first:
            must(entry["command"] not in self.commands, "a command of earlier records")
        self.commands.add(entry["command"])
        version = self.versions.get(entry["agreement"], 0)
        must(entry["version"] == version + 1 if self.is_whole else version < entry["version"], "not the next version")
        self.versions[entry["agreement"]] = entry["version"]
        must(self.before is None or self.before["recorded_at"] <= entry["recorded_at"], "recorded before its predecessor")
        self.before = entry

    def root_at(self, size):
        if size == self.size:
            return self.root
        return self.tree.root(size) if self.is_whole and size < self.size else None

    def check_checkpoint(self, keys):
        """Step 5. Gives those of the named keys that signed."""
        note = self.note
        if note is None:
            if self.consistency or self.keys:
                raise Verdict("DAMAGED", remark="keys or a proof, and no checkpoint")
            return []
        signed = [key.has_signed(note) for key in keys]
        if not all(key.has_signed(note) for key in self.keys) or None in signed:
            raise Verdict("DAMAGED", remark="the checkpoint is not signed by its keys")
        if note.origin != "obligo/" + self.origin:
            raise Verdict("DAMAGED", remark="the checkpoint is of another log")
        if self.root_at(note.size) not in (None, note.root):
            raise Verdict("FORK", remark="the root of the checkpoint is not that of the records")
        (old, old_root), (new, new_root) = sorted([(self.size, self.root), (note.size, note.root)], key=lambda one: one[0])
        if not is_consistent(old, old_root, new, new_root, self.consistency):
            raise Verdict("DAMAGED", remark="the proof does not lead to the root of the checkpoint")
        return [key for key, yes in zip(keys, signed) if yes]

    def compare(self, name, note, keys, remarks):
        """Step 6, of one checkpoint. Gives for how many records it vouches, and a verdict of its own."""
        if note.origin != "obligo/" + self.origin:
            remarks.append(f"{name} is not compared: it is of another log")
        elif any(key.has_signed(note) is None for key in self.keys + keys):
            remarks.append(f"{name} is not compared: its signature does not hold")
        else:
            root = self.root_at(note.size)
            if root is None and self.note and self.note.size == note.size:
                root = self.note.root
            if root is not None:
                if root != note.root:
                    raise Verdict("FORK", remark=f"{name} and the bundle are of two histories")
                return min(note.size, self.size), None
            if self.is_whole:
                return None, Verdict("ROLLBACK", remark=f"{name} speaks of {note.size} records, the bundle has {self.size}")
            remarks.append(f"{name} is not compared: a slice does not show the root of so many records")
        return None, None

    def check_files(self, folder):
        """Step 7."""
        bad = []
        for kind in ("evidence", "sources"):
            folder_of_kind = os.path.join(folder, kind)
            names = sorted(os.listdir(folder_of_kind)) if os.path.isdir(folder_of_kind) else []
            for name in filter(DIGEST.fullmatch, names):
                with open(os.path.join(folder_of_kind, name), "rb") as file:
                    if hashlib.sha256(file.read()).hexdigest() != name:
                        seqs = (seq for seq, data in self.records if name.encode() in data)
                        bad.append((next(seqs, MOST + 1), name))
        if bad:
            seq, name = min(bad)
            remark = f"the file {name} is not the one that its name says"
            raise Verdict("TAMPERED", seq, remark) if seq <= MOST else Verdict("DAMAGED", remark=remark)


def verify(data, keys, held, folder, remarks):
    """The verdict, and the bundle if it could be read."""
    bundle = None
    try:
        bundle = Bundle(data)
        signers = bundle.check_checkpoint(keys)
        compared = [(name, *bundle.compare(name, note, keys, remarks)) for name, note in held]
        for _, _, verdict in compared:
            if verdict:
                raise verdict
        bundle.check_files(folder)
    except Verdict as verdict:
        remarks.insert(0, verdict.remark)
        return verdict, bundle
    anchors = [(size, name) for name, size, _ in compared if size is not None]
    anchors += [(min(bundle.note.size, bundle.size), key.name) for key in signers]
    if anchors:
        size, by = max(anchors, key=lambda anchor: anchor[0])
        return Verdict("ANCHORED", size, by=by), bundle
    remarks.append("nothing from elsewhere vouches for it" if bundle.note else "it has no checkpoint")
    return Verdict("SELF-CONSISTENT"), bundle


# ----------------------------------------------------------------------------------------------- the command line


class Usage(Exception):
    """Wrong usage: exit code 2."""


def arguments(words):
    bundles, against, keys, flags = [], [], [], set()
    words = iter(words)
    for word in words:
        if word in ("--against", "--key"):
            value = next(words, None)
            if value is None:
                raise Usage(f"{word} needs a value")
            (against if word == "--against" else keys).append(value)
        elif word in ("--json", "--batch", "--help", "-h"):
            flags.add(word)
        elif word.startswith("-"):
            raise Usage(f"{word} is not an option")
        else:
            bundles.append(word)
    return bundles, against, keys, flags


def held_in(path):
    with open(path, "rb") as file:
        data = file.read()
    try:
        return path, Note(checkpoint_in(data.decode("utf-8")))
    except (Wrong, ValueError):
        raise Usage(f"there is no checkpoint in {path}") from None


def checkpoint_in(text):
    """The checkpoint of a receipt or a proof, or the last one of a file of checkpoints or of a CSV; else the text as it is."""
    if text.startswith("c2sp.org/tlog-proof@v1\n"):
        return text.partition("\n\n")[2]
    lines = [line[2:] if line.startswith("# ") else "" if line == "#" else line for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    begins = [at for at, line in enumerate(lines) if line.startswith("obligo/")]
    if not begins or begins[-1] == 0 and text.endswith("\n") and not text.endswith("\n\n"):
        return text
    return "\n".join(lines[begins[-1]:]) + "\n"


def keys_of(texts):
    try:
        return [Key(text) for text in texts]
    except (Wrong, ValueError):
        raise Usage("a key is NAME+ID+BASE64") from None


def say(path, verdict, bundle, remarks, as_json):
    if as_json:
        print(json.dumps({
            "file": path,
            "verdict": verdict.word,
            "words": str(verdict),
            "first_bad_seq": verdict.number if verdict.word in ("TAMPERED", "INCOMPLETE") else None,
            "size": bundle and bundle.size,
            "records": bundle and len(bundle.records),
            "root": bundle and bundle.root.hex(),
            "remarks": remarks,
        }, ensure_ascii=False))
        return
    print(f"{path}: {verdict}")
    for remark in remarks:
        print(f"  {remark}")
    if bundle and verdict.is_good():
        print(f"  {len(bundle.records)} of {bundle.size} records, root {bundle.root.hex()}")


def run(words, as_json=False):
    """One command line; its exit code."""
    bundles, against, keys, flags = arguments(words)
    if not bundles:
        raise Usage("name a bundle")
    keys, held = keys_of(keys), [held_in(path) for path in against]
    code = 0
    for path in bundles:
        with open(path, "rb") as file:
            data = file.read()
        remarks = []
        verdict, bundle = verify(data, keys, held, os.path.dirname(path), remarks)
        say(path, verdict, bundle, remarks, as_json or "--json" in flags)
        is_asked = bool(keys or held)
        if not verdict.is_good() or (is_asked and verdict.word != "ANCHORED"):
            code = 5
    return code


def main(words):
    try:
        _, _, _, flags = arguments(words)
        if flags & {"--help", "-h"}:
            print(__doc__)
            return 0
        if "--batch" in flags:
            lines = (line.rstrip("\n").split("\t") for line in sys.stdin)
            return max((run(line, "--json" in flags) for line in lines), default=0)
        return run(words)
    except Usage as usage:
        print(f"verify.py: {usage}; --help says more", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    # What is read and said is UTF-8, whatever the machine is set to.
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.exit(main(sys.argv[1:]))
