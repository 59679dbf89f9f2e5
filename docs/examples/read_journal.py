"""Reads a database in the journal layout from a directory, and prints its strings in hexadecimal, one key a line.

    python3 read_journal.py DIRECTORY NAME

A worked example of store-format.md: all that a reader in another language has to do, with Python's standard library
alone. It reads, and writes nothing. Every object is checked by its checksum before it is believed.
"""

import base64
import gzip
import json
import os
import sys
import zlib


class Database:
    def __init__(self, directory, name):
        self.directory = directory
        self.databases = {}
        head = self.read(name)
        if head.get("valthree") != "head" or head["version"] != 1:
            sys.exit(f"{name}: not a head that this program knows")
        # Until there, the log is that of the databases that this one is a branch of.
        self.owners = [(origin["until"], origin["name"], origin["database"]) for origin in head.get("origins", [])]
        self.owners.append((float("inf"), name, head["database"]))
        if head["snapshot"] is not None:
            self.load(head)
        self.replay(head["log"]["number"], head["log"]["parent"])

    def bytes_of(self, name):
        with open(os.path.join(self.directory, name), "rb") as file:
            return file.read()

    def read(self, name):
        return checked(self.bytes_of(name), name)

    def owner(self, number):
        return next((name, database) for until, name, database in self.owners if number <= until)

    def load(self, head):
        manifest = self.read(head["snapshot"])
        for database in manifest["databases"]:
            for part in database["parts"]:
                for reference in [part, *part.get("more", [])]:
                    body = self.bytes_of(reference["name"])
                    if len(body) != reference["bytes"] or crc(body) != reference["checksum"]:
                        sys.exit(f"{reference['name']}: damaged")
                    self.apply(checked(gzip.decompress(body), reference["name"])["effects"])

    def replay(self, number, parent):
        while True:
            name, database = self.owner(number)
            try:
                record = self.read(f"{name}.log/{number:016}.json")
            except FileNotFoundError:
                return
            if record["database"] != database or record["number"] != number:
                sys.exit(f"record {number}: of another database")
            # Any other has lost a race: it is void.
            if record["parent"] == parent:
                parent = record["id"]
                for side in record.get("sides", []):
                    body = self.bytes_of(side["name"])
                    if len(body) != side["bytes"] or crc(body) != side["checksum"]:
                        sys.exit(f"{side['name']}: damaged")
                    self.apply(json.loads(body))
                self.apply(record.get("effects", []))
            number += 1

    def apply(self, effects):
        for kind, db, *rest in effects:
            keys = self.databases.setdefault(db, {})
            if kind == "setString":
                key, value = map(to_bytes, rest)
                keys[key] = (value, keys[key][1] if key in keys else None)
            elif kind == "writeString":
                key, offset, piece = to_bytes(rest[0]), rest[1], to_bytes(rest[2])
                value, expire_at = keys.get(key, (b"", None))
                value = value.ljust(offset, b"\0")
                keys[key] = (value[:offset] + piece + value[offset + len(piece) :], expire_at)
            elif kind == "setExpiry":
                key = to_bytes(rest[0])
                keys[key] = (keys[key][0], rest[1])
            elif kind == "delete":
                keys.pop(to_bytes(rest[0]), None)
            elif kind in ("rename", "copy"):
                key, to_db, to_key = to_bytes(rest[0]), rest[1], to_bytes(rest[2])
                entry = keys.pop(key) if kind == "rename" else keys[key]
                self.databases.setdefault(to_db, {})[to_key] = entry
            elif kind == "flush":
                keys.clear()
            elif kind == "swap":
                other = self.databases.setdefault(rest[0], {})
                self.databases[db], self.databases[rest[0]] = other, keys
            else:
                sys.exit(f"an effect that this program does not know: {kind}")


def checked(body, name):
    """The members of an object, whose last one is the checksum of all bytes before it."""
    at = body.rfind(b',"checksum":"')
    fields = json.loads(body)
    if crc(body[:at]) != fields.pop("checksum"):
        sys.exit(f"{name}: damaged")
    return fields


def crc(body):
    return f"{zlib.crc32(body):08x}"


def to_bytes(value):
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"], validate=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 read_journal.py DIRECTORY NAME")
    found = Database(sys.argv[1], sys.argv[2]).databases
    for db in sorted(found):
        for key, (value, expire_at) in sorted(found[db].items()):
            print(db, key.hex() or "-", value.hex() or "-", "-" if expire_at is None else expire_at)
