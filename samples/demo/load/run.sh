#!/bin/sh
# Makes the demo's load and captures it. As root, from this folder:
#     unshare --pid --fork --mount-proc --uts --mount --ipc sh run.sh
set -eu
cgroup=/sys/fs/cgroup
[ -e $cgroup/cgroup.procs ] || cgroup=$cgroup/unified
hostname shop-db-1
export TZ=Europe/Berlin
mount --make-rprivate /
shop=$(mktemp -d /var/tmp/shop.XXXXXX) out=$PWD
gcc -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -pthread -o "$shop/orderdb" orderdb.c
awk -f module.awk >"$shop/module.c"
cp Makefile "$shop"
cp "$(command -v fio)" "$shop/nightly-backup"
mount -t tmpfs tmpfs /srv
mkdir /srv/shop "$shop/build"
mount --bind "$shop" /srv/shop
mkdir -p $cgroup/shop
cd /srv/shop
echo $$ >$cgroup/shop/cgroup.procs

# An order store that syncs each commit, a build beside it, and 13 s later a backup onto the same disk.
./orderdb orders.wal &
(sleep 3 && while make -s -j2; do rm -f build/*; done) 2>/dev/null &
(
  sleep 13
  ./nightly-backup --name=backup --filename=backup.img --size=1g --rw=write --bs=4m --ioengine=libaio --iodepth=32 \
    --numjobs=4 --direct=1 --time_based --runtime=7 --fallocate=none >/dev/null 2>&1
  rm -f backup.img
) &
sleep 2

# The collector stands outside of what it looks at.
sh -c 'echo $$ >"$1/cgroup.procs" && exec coldflame collect --set cpu,60s,disk --tool offcputime --skip dmesg,runqlen \
  --for 30 --cgroup shop -o "$2/capture.tar"' sh $cgroup "$out"
rm -rf "$shop"
# This is process 1 of its namespace: what still runs ends with it.
