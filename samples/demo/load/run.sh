#!/bin/sh
# Makes the demo's load and captures it. As root, from this folder:
#     unshare --uts --mount --net sh run.sh FILE.tar
# A shop whose orders are committed to a log, and ten seconds into the window a backup onto the same disk. pages.txt has what
# the shoppers saw of it.
set -eu
cgroup=/sys/fs/cgroup
[ -e $cgroup/cgroup.procs ] || cgroup=$cgroup/unified
hostname shop-db-1
dmesg --clear
echo 'shop: opened' >/dev/kmsg
ip link set lo up
export TZ=Europe/Berlin
mount --make-rprivate /
shop=$(mktemp -d /var/tmp/shop.XXXXXX) out=$1
for program in orderdb shoppers; do
  gcc -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -pthread -o "$shop/$program" "$program.c"
done
cp shopfront.js "$shop"
cp "$(command -v fio)" "$shop/nightly-backup"
mount -t tmpfs tmpfs /srv
mkdir /srv/shop $cgroup/shop
mount --bind "$shop" /srv/shop
cd /srv/shop
sh -c 'echo $$ >"$1/shop/cgroup.procs"
  ./orderdb orders.wal &
  sleep 1
  node --perf-basic-prof --interpreted-frames-native-stack shopfront.js &
  ./shoppers >pages.txt &
  sleep 20 # until the code of shopfront is compiled; then a little into the window
  until grep -qs "^the window begins" collect.log; do sleep 0.1; done
  sleep 10
  echo "backup begins" >>pages.txt
  ./nightly-backup --name=backup --filename=backup.img --size=1g --rw=write --bs=4m --ioengine=libaio --iodepth=32 \
    --numjobs=4 --direct=1 --time_based --runtime=8 --fallocate=none >/dev/null 2>&1
  echo "backup ended" >>pages.txt
  wait' sh $cgroup &
sleep 20

# The collector stands outside of what it looks at.
coldflame collect --set cpu,60s,disk --tool offcputime,tcplife --skip biotop,runqlen --for 30 --cgroup shop --force -o "$out" 2>collect.log || true
cat collect.log pages.txt
while read -r pid; do kill "$pid"; done <$cgroup/shop/cgroup.procs
sleep 1
cd /
umount /srv/shop /srv
rm -rf "$shop"
rmdir $cgroup/shop
