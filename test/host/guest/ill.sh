# What the virtual host runs for `npm run sick`: a capture for each illness named in /mnt/illnesses.
. /mnt/guest/branch.sh
. /mnt/guest/illnesses.sh
build_programs /mnt/guest
build_disks
# The tools that need no compiler, where a host has both kinds: on this slow machine clang takes minutes.
rm -f /usr/sbin/*-bpfcc
mkdir -p /mnt/out
while read -r illness; do
  dmesg -C
  echo "shop: $illness" >/dev/kmsg
  fall_ill /mnt "$illness"
  sync
  echo 3 >/proc/sys/vm/drop_caches
done </mnt/illnesses
