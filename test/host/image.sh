#!/bin/sh
# Builds the disk of the virtual host from Debian's packages: a kernel with its headers, the tools of the catalogue, and what
# the workloads need. Runs as root, takes some five minutes and 8 GB of disk.
#
#   image.sh SUITE FOLDER      bookworm (Linux 6.1) or trixie (6.12); writes FOLDER/SUITE.img, .vmlinuz and .initrd
set -eu

suite=$1 folder=$2
tools='bpfcc-tools libbpf-tools bpftrace bpftool linux-perf sysstat procps util-linux iproute2 busybox cpio'
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

# small_initrd ROOT: what is needed to mount the disk. Debian's own is 130 MB of drivers, which take longer to unpack and to look
# through than all the rest of the boot, and on a busy machine longer than udev waits for the disk.
small_initrd() {
  made=$1/tmp/initrd version=$(ls "$1/lib/modules") number=100
  mkdir -p "$made/modules" "$made/dev" "$made/root"
  for module in virtio_pci virtio_blk crc32c_generic ext4; do
    chroot "$1" modprobe --show-depends --set-version "$version" "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$made/order"
  while read -r path; do
    number=$((number + 1))
    case $path in
      *.xz) xz -dc "$1$path" ;;
      *) cat "$1$path" ;;
    esac >"$made/modules/$number.ko"
  done <"$made/order"
  for file in /bin/busybox $(chroot "$1" ldd /bin/busybox | grep -o '/[^ ]*'); do
    mkdir -p "$made/${file%/*}"
    cp -L "$1$file" "$made$file"
  done
  cat >"$made/init" <<'INIT'
#!/bin/busybox sh
busybox mount -t devtmpfs dev /dev
for module in /modules/*; do busybox insmod "$module"; done
until busybox mount -t ext4 /dev/vda /root; do busybox sleep 0.1; done
exec busybox switch_root /root /sbin/host-init
INIT
  chmod 755 "$made/init"
  chroot "$1" sh -c 'cd /tmp/initrd && find . | cpio --quiet -o -H newc' | gzip
  rm -rf "$made"
}

mmdebstrap --quiet --variant=apt --components=main,contrib \
  --include="$(echo $kernel $tools $workloads ${HOST_PACKAGES:-} | tr ' ' ,)" "$suite" "$root" http://deb.debian.org/debian

cp "$root"/boot/vmlinuz-* "$folder/$suite.vmlinuz"
small_initrd "$root" >"$folder/$suite.initrd"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
cp "$(dirname "$0")/init.sh" "$root/sbin/host-init"
chmod 755 "$root/sbin/host-init"

# Written under another name first: an image that is there is whole.
mke2fs -q -t ext4 -d "$root" "$folder/$suite.part" 6G
mv "$folder/$suite.part" "$folder/$suite.img"
