#!/usr/bin/python3
# A job that takes about a third of a CPU and sleeps between.
import time
while True:
    end = time.process_time() + 0.1
    while time.process_time() < end:
        sum(range(1000))
    time.sleep(0.2)
