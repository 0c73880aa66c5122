# What happens on the virtual host while tools watch it. A scene is a function that starts it; `scene_end` ends whatever was
# started. NAME_first is what must be there before the tools start, NAME_end what is to be cleared away. Every activity writes
# down what it did in /run/truth/NAME.

mkdir -p /run/truth /srv/shop
processes='' target=''

# act NAME ACTIVITY [ARGUMENT]
act() {
  shopd "/run/truth/$1" "$2" "${3:-}" &
  processes="$processes $!"
}

# All stands still, and is there for those who want its symbols.
# shellcheck disable=SC2086 # numbers
scene_stop() { kill -s STOP $processes; }

scene_end() {
  # shellcheck disable=SC2086 # numbers
  kill $processes 2>/dev/null
  # shellcheck disable=SC2086 # numbers
  kill -s CONT $processes 2>/dev/null
  wait
  processes=''
}

build() {
  gcc -O1 -fno-omit-frame-pointer -pthread -o /usr/local/bin/shopd /mnt/guest/shopd.c || exit 1
  cp /bin/true /usr/local/bin/invoice
  for i in 0 1 2; do echo '{}' >"/srv/shop/catalog-$i.json"; done
  printf '127.0.0.1 localhost db-1.shop.internal db-2.shop.internal\n' >/etc/hosts
}

# Of everything a little; the root file system is ext4.
everyday() {
  act opens opens /srv/shop
  act stats stats /srv/shop
  act execs execs
  act signals signals
  act ledger ledger /srv/shop
  act server server 127.0.0.1,::1
  sleep 0.2
  act client client 127.0.0.1,::1
  act names names db-1.shop.internal,db-2.shop.internal
  act faults faults /srv/shop/mapped.dat
}

on_xfs_first() { disk xfs /dev/vdb; }
on_xfs() { act xfs-ledger ledger /srv/xfs; }

on_btrfs_first() { disk btrfs /dev/vdc; }
on_btrfs() { act btrfs-ledger ledger /srv/btrfs; }

# disk KIND DEVICE: a disk with such a file system, at /srv/KIND.
disk() {
  if ! mountpoint -q "/srv/$1"; then
    "mkfs.$1" -q -f "$2"
    mkdir -p "/srv/$1"
    mount "$2" "/srv/$1"
  fi
}

# The kernel's own NFS server, mounted over loopback.
on_nfs_first() {
  if ! mountpoint -q /srv/nfs; then
    mkdir -p /srv/export /srv/nfs /var/lib/nfs/nfsdcltrack
    echo '/srv/export *(rw,no_root_squash,no_subtree_check,fsid=0)' >/etc/exports
    modprobe nfsd
    mount -t nfsd nfsd /proc/fs/nfsd
    rpcbind
    exportfs -ra
    rpc.mountd
    rpc.nfsd 2
    timeout 60 mount -t nfs4 -o vers=4.2 127.0.0.1:/ /srv/nfs
  fi
}
on_nfs() { act nfs-ledger ledger /srv/nfs; }

on_zfs_first() {
  if ! mountpoint -q /srv/zfs; then
    modprobe zfs && truncate -s 512M /srv/zfs.img && zpool create -f -m /srv/zfs shop /srv/zfs.img
  fi
}
on_zfs() { act zfs-ledger ledger /srv/zfs; }

pricing() { act pricing pricing "$(($(nproc) + 2))"; }

contention() { act contention contention /srv/shop/shared.dat; }

# group NAME LIMIT=VALUE…: a control group; who is to be in it joins by `shopd_in`.
group() {
  path=/sys/fs/cgroup/$1
  shift
  echo '+cpu +memory +io' >/sys/fs/cgroup/cgroup.subtree_control
  mkdir -p "$path"
  for one; do echo "${one#*=}" >"$path/${one%%=*}"; done
}

act_in() {
  where=$1
  shift
  sh -c 'echo $$ >"/sys/fs/cgroup/$0/cgroup.procs"; exec shopd "/run/truth/$1" "$2" "${3:-}"' "$where" "$@" &
  processes="$processes $!"
}

# More memory than the group may have, and swap for the rest.
swapping() {
  if ! grep -q /srv/swap /proc/swaps; then
    dd if=/dev/zero of=/srv/swap bs=1M count=200 2>/dev/null
    chmod 600 /srv/swap
    mkswap -q /srv/swap
    swapon /srv/swap
  fi
  group sessions memory.max=48M
  act_in sessions sessions sessions 80
}

# A process that is killed for what it takes, again and again.
out_of_memory() {
  group thumbs memory.max=24M memory.swap.max=0
  (
    sh -c 'echo $$ >/sys/fs/cgroup/thumbs/cgroup.procs; while :; do shopd /run/truth/thumbs sessions 64; sleep 0.5; done'
  ) &
  processes="$processes $!"
}

# All memory is full of a file, more of which is read, while somebody wants hundreds of MB at once: who allocates must help to
# find some, for between what kswapd begins at and what stops everybody there is next to nothing. The file's pages need no disk:
# there are none.
reclaim_first() {
  cat /proc/sys/vm/min_free_kbytes >/run/min_free_kbytes
  cat /proc/sys/vm/watermark_scale_factor >/run/watermark_scale_factor
  echo 4096 >/proc/sys/vm/min_free_kbytes
  echo 1 >/proc/sys/vm/watermark_scale_factor
  truncate -s 4G /srv/filler
  cat /srv/filler >/dev/null
}
reclaim() {
  (while :; do cat /srv/filler >/dev/null; done) &
  processes="$processes $!"
  (while :; do dd if=/dev/zero of=/dev/null bs=400M count=2 2>/dev/null; done) &
  processes="$processes $!"
}

reclaim_end() {
  rm -f /srv/filler
  cat /run/min_free_kbytes >/proc/sys/vm/min_free_kbytes
  cat /run/watermark_scale_factor >/proc/sys/vm/watermark_scale_factor
}

throttled() {
  group batch cpu.max='20000 100000'
  act_in batch batch pricing 2
}

# Writes to the disk of the shop that may be 6 a second, which is less than the ledger wants.
io_limit() {
  group backup io.max="$(cat /sys/class/block/vda/dev) wiops=6"
  act_in backup backup-ledger ledger /srv/shop
}

lossy() {
  branch_behind 20%
  ip netns exec branch shopd /run/truth/branch-server server 10.9.0.2 &
  processes="$processes $!"
  sleep 0.3
  act branch-client client 10.9.0.2
  # To a port where nobody listens: each is refused.
  (while :; do
    nc -w 1 127.0.0.1 9 </dev/null
    sleep 0.2
  done) 2>/dev/null &
  processes="$processes $!"
}

# The process to narrow a tool to is in $target.
leak_first() {
  act leak leak
  target=$!
}
leak() { :; }

# A server with the probes that mysqld_qslower wants, for no MySQL of today has them.
mysqld_first() {
  gcc -O1 -o /usr/local/bin/mysqld /mnt/guest/mysqld.c
  /usr/local/bin/mysqld &
  target=$!
  processes="$processes $!"
}
mysqld() { :; }
