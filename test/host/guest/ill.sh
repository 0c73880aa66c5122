# What the virtual host runs for `npm run sick`: a capture for each illness named in /mnt/illnesses.
. /mnt/guest/illnesses.sh
build_illnesses
# The tools that need no compiler, where a host has both kinds: on this slow machine clang takes minutes.
rm -f /usr/sbin/*-bpfcc
mkdir -p /mnt/out
while read -r illness; do
  echo "$illness: $(cut -d' ' -f1 /proc/uptime)"
  dmesg -C
  echo "shop: $illness" >/dev/kmsg
  "$illness"
  sleep 4
  sh /mnt/collect.sh -o "/mnt/out/$illness.tar" </dev/null >"/mnt/out/$illness.log" 2>&1
  if command -v "${illness}_end" >/dev/null; then "${illness}_end"; fi
  well
  sync
  echo 3 >/proc/sys/vm/drop_caches
  sleep 3
done </mnt/illnesses
