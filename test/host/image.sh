#!/bin/sh
# Builds the disk of the virtual host from Debian's packages: a kernel with its headers, the tools of the catalogue, and what
# the workloads need. Runs as root, takes some five minutes and 8 GB of disk.
#
#   image.sh SUITE FOLDER      bookworm (Linux 6.1) or trixie (6.12); writes FOLDER/SUITE.img, .vmlinuz and .initrd
set -eu

suite=$1 folder=$2
tools='bpfcc-tools libbpf-tools bpftrace bpftool linux-perf sysstat procps util-linux iproute2 busybox'
kernel='linux-image-amd64 linux-headers-amd64 kmod udev mount'
workloads='gcc libc6-dev make systemtap-sdt-dev python3 nodejs curl fio stress-ng netcat-openbsd iputils-ping psmisc strace
  xfsprogs btrfs-progs e2fsprogs dmsetup nfs-kernel-server nfs-common nftables'

for needed in mmdebstrap mke2fs; do
  command -v "$needed" >/dev/null || {
    echo "image.sh: no $needed here: apt-get install -y qemu-system-x86 mmdebstrap e2fsprogs" >&2
    exit 1
  }
done

mkdir -p "$folder"
root=$(mktemp -d "$folder/$suite.XXXXXX")
trap 'rm -rf "$root" "$folder/$suite.part"' EXIT

mmdebstrap --quiet --variant=apt --components=main,contrib \
  --include="$(echo $kernel $tools $workloads ${HOST_PACKAGES:-} | tr ' ' ,)" "$suite" "$root" http://deb.debian.org/debian

cp "$root"/boot/vmlinuz-* "$folder/$suite.vmlinuz"
cp "$root"/boot/initrd.img-* "$folder/$suite.initrd"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
cp "$(dirname "$0")/init.sh" "$root/sbin/host-init"
chmod 755 "$root/sbin/host-init"

# Written under another name first: an image that is there is whole.
mke2fs -q -t ext4 -d "$root" "$folder/$suite.part" 6G
mv "$folder/$suite.part" "$folder/$suite.img"
