"""Reads a database in the journal layout from a directory, and prints it, one key a line, bytes in hexadecimal.

    python3 read_journal.py DIRECTORY NAME

A worked example of store-format.md: all that a reader in another language has to do, with Python's standard library
alone. It reads, and writes nothing. Every object is checked by its checksum before it is believed.
"""

import base64
import copy
import gzip
import json
import os
import struct
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
                key, value = map(to_bytes, rest[:2])
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
                entry = keys.pop(key) if kind == "rename" else copy.deepcopy(keys[key])
                self.databases.setdefault(to_db, {})[to_key] = entry
            elif kind in ELEMENTS:
                key = to_bytes(rest[0])
                empty, change = ELEMENTS[kind]
                value, expire_at = keys.get(key, (empty(), None))
                change(value, *rest[1:])
                # The last element takes its key along.
                keys[key] = (value, expire_at)
                if not value:
                    del keys[key]
            elif kind == "flush":
                keys.clear()
            elif kind == "swap":
                other = self.databases.setdefault(rest[0], {})
                self.databases[db], self.databases[rest[0]] = other, keys
            else:
                sys.exit(f"an effect that this program does not know: {kind}")


# Collections: a list, a set of members, scores by member, [value, when it expires] by field. An effect may have the name
# of an event behind what it needs, which is nobody's business here.


class SortedSet(dict):
    pass


def set_fields(value, fields, *_):
    names = list(map(to_bytes, fields))
    value.update((names[i], [names[i + 1], None]) for i in range(0, len(names), 2))


def set_field_expiry(value, fields, expire_at, *_):
    for field in map(to_bytes, fields):
        value[field][1] = expire_at


def delete_keys(value, names, *_):
    for name in map(to_bytes, names):
        value.pop(name, None)


def set_scores(value, members, scores, *_):
    for member, score in zip(map(to_bytes, members), map(float, scores)):
        # One that equals what is there changes nothing, not even the sign of zero.
        if value.get(member) != score:
            value[member] = score


def push(value, side, elements, *_):
    pushed = list(map(to_bytes, elements))
    at = 0 if side == "left" else len(value)
    value[at:at] = reversed(pushed) if side == "left" else pushed


def pop(value, side, count, *_):
    at = 0 if side == "left" else len(value) - count
    del value[at : at + count]


def set_element(value, index, element, *_):
    value[index] = to_bytes(element)


def insert(value, index, elements, *_):
    value[index:index] = map(to_bytes, elements)


def remove(value, index, count, *_):
    del value[index : index + count]


ELEMENTS = {
    "setFields": (dict, set_fields),
    "deleteFields": (dict, delete_keys),
    "setFieldExpiry": (dict, set_field_expiry),
    "addMembers": (set, lambda value, members, *_: value.update(map(to_bytes, members))),
    "removeMembers": (set, lambda value, members, *_: value.difference_update(map(to_bytes, members))),
    "setScores": (SortedSet, set_scores),
    "removeScores": (SortedSet, delete_keys),
    "pushElements": (list, push),
    "popElements": (list, pop),
    "setElement": (list, set_element),
    "insertElements": (list, insert),
    "removeElements": (list, remove),
}


def shown(value):
    """A string as hexadecimal digits; of a collection its type and elements."""
    if isinstance(value, bytes):
        return value.hex() or "-"
    if isinstance(value, list):
        return "list:" + ",".join(element.hex() for element in value)
    if isinstance(value, set):
        return "set:" + ",".join(member.hex() for member in sorted(value))
    if isinstance(value, SortedSet):
        in_order = sorted(value.items(), key=lambda item: (item[1], item[0]))
        return "zset:" + ",".join(f"{member.hex()}={struct.pack('>d', score).hex()}" for member, score in in_order)
    fields = (f"{field.hex()}={held.hex()}@{expire_at or ''}" for field, (held, expire_at) in sorted(value.items()))
    return "hash:" + ",".join(fields)


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
            print(db, key.hex() or "-", shown(value), "-" if expire_at is None else expire_at)
