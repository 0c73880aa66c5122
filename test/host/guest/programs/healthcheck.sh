#!/bin/sh
# Asks itself for its health, without a pause.
while :; do
  date +%s | cut -c1-8 >/dev/null
  expr 1 + 1 >/dev/null
done
