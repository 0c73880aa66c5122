#!/usr/bin/python3
# Ten orders a second, each safe on disk.
import os, sys, time
file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o600)
while True:
    os.pwrite(file, b"x" * 4096, 0)
    os.fdatasync(file)
    time.sleep(0.1)
