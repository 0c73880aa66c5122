#!/usr/bin/python3
# A filter with nested repeats, and a subject that it does not match.
import re
rule = re.compile(r"^(\w+\s?)+$")
while True:
    rule.match("a" * 26 + "!")
