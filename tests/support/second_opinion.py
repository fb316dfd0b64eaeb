#!/usr/bin/python3
"""Reads messages with Python's own mail parser, and their DKIM signature with dkimpy; says nothing if all is well.

Usage: second_opinion.py [--key RECORD] MESSAGE...      RECORD is the TXT record that the selector's name would hold.
"""

import email
import email.policy
import sys

arguments = sys.argv[1:]
record = None
if arguments[0] == "--key":
    record = arguments[1].encode()
    arguments = arguments[2:]

faults = []
for name in arguments:
    with open(name, "rb") as file:
        raw = file.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        faults += [f"{name}: {part.get_content_type()}: {defect!r}" for defect in part.defects]
        for header, value in part.items():
            faults += [f"{name}: {header}: {defect!r}" for defect in getattr(value, "defects", [])]
        if not part.is_multipart() and part.get_payload(decode=True) is None:
            faults.append(f"{name}: {part.get_content_type()} does not decode")
    longest = max(len(line) for line in raw.split(b"\r\n"))
    if longest > 998:
        faults.append(f"{name}: a line of {longest} octets")
    if b"\r" in raw.replace(b"\r\n", b"") or b"\n" in raw.replace(b"\r\n", b""):
        faults.append(f"{name}: a bare CR or LF")
    if record:
        import dkim

        if not dkim.verify(raw, dnsfunc=lambda name, timeout=5: record):
            faults.append(f"{name}: the signature does not hold")

print("\n".join(faults), end="")
sys.exit(1 if faults else 0)
