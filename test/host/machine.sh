#!/bin/sh
# Boots the virtual host and runs one job there as root, with qemu alone: no hardware virtualization is needed, which makes it
# some ten times slower than the machine it runs on; its clock is right all the same.
#
#   machine.sh SUITE FOLDER SHARE SECONDS     runs SHARE/job.sh; SHARE is /mnt there, and holds job.log and job.status after
#
# The disk of the image is not written to; /dev/vdb and /dev/vdc are empty, of 2 GB each. There is no network but lo.
# HOST_MEMORY (MB) and HOST_CPUS are those of the machine; HOST_DISK are options of qemu for /dev/vdc.
set -eu

suite=$1 folder=$2 share=$3 seconds=$4
# Before 8.1 of two threads that translate one may miss that an instruction was written anew, as the kernel does for each tool that
# attaches: it then meets the breakpoint that stood there meanwhile for ever ("qemu-x86_64 booting with 8.0.0 stil see int3", LKML, July
# 2023; 7.2 hung so in the first captures). One thread does not.
accelerator=tcg,thread=multi
# QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)
case $(qemu-system-x86_64 --version) in *' version '[1-7].* | *' version 8.0.'*) accelerator=tcg,thread=single ;; esac
# With hardware virtualization where there is some: ten times faster.
grep -q -w -e vmx -e svm /proc/cpuinfo && [ -w /dev/kvm ] && accelerator=kvm
scratch=$(mktemp -d "$folder/scratch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
truncate -s 2G "$scratch/b" "$scratch/c"
rm -f "$share/job.log" "$share/job.status"

# The clock is that of the machine, and is not tried out first: where qemu gets little CPU time, that fails. A panic ends it all.
kernel='tsc=reliable clocksource=tsc no_timer_check panic=1'
# Without hardware virtualization each system call would cost twice as much.
kernel="$kernel mitigations=off no5lvl edd=off cryptomgr.notests"

TMPDIR=$scratch timeout "$seconds" qemu-system-x86_64 \
  -accel "$accelerator" -cpu max -smp "${HOST_CPUS:-2}" -m "${HOST_MEMORY:-3072}" \
  -kernel "$folder/$suite.vmlinuz" -initrd "$folder/$suite.initrd" \
  -append "root=/dev/vda rw init=/sbin/host-init console=ttyS0 quiet $kernel" \
  -drive "file=$folder/$suite.img,format=raw,if=virtio,snapshot=on" \
  -drive "file=$scratch/b,format=raw,if=virtio" -drive "file=$scratch/c,format=raw,if=virtio${HOST_DISK:+,$HOST_DISK}" \
  -virtfs "local,path=$share,mount_tag=share,security_model=none" \
  -device virtio-rng-pci -nodefaults -nographic -no-reboot -serial "file:$share/console" </dev/null &
machine=$!
trap 'kill "$machine"; wait "$machine"' INT TERM
wait "$machine" || echo "machine.sh: the virtual host was stopped before the job had ended" >&2

[ -f "$share/job.status" ] || {
  echo "machine.sh: the job did not end; the console said:" >&2
  tail -n 20 "$share/console" >&2
  exit 1
}
exit "$(cat "$share/job.status")"
