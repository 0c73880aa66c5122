# What a host can be made ill with. Each is a function that starts it; `well` ends whatever was started, and what else is to be
# cleared away is in NAME_end. A disk of the machine, /dev/vdc, is slow (HOST_DISK of machine.sh).

# Where the programs are and where they write.
bin=${bin:-/usr/local/bin} srv=${srv:-/srv}
processes=''

# Each in a session of its own, so that whatever it starts ends with it.
start() {
  setsid "$@" </dev/null &
  processes="$processes $!"
}

well() {
  for one in $processes; do kill -s KILL -- "-$one" 2>/dev/null; done
  wait 2>/dev/null
  processes=''
}

names='pricing ledger teller batch indexer thumbnailer sessions importer archiver backup reports auditlog mapper loader relay
 ticker gateway browser poller api branch-web branch-client checkout nameserver orderdb'

# build_programs FOLDER: compiles what stands there, under all names.
build_programs() {
  mkdir -p "$bin" "$srv/shop"
  gcc -O1 -fno-omit-frame-pointer -pthread -o "$bin/illness" "$1/illness.c" || exit 1
  for name in $names; do cp "$bin/illness" "$bin/$name"; done
  strip "$bin/teller"
  install -m 755 "$1"/programs/* "$bin"
}

# Only on a machine of its own.
build_disks() {
  mkdir -p "$srv/fast" "$srv/slow"
  mkfs.xfs -q -f /dev/vdb
  mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 /dev/vdc
  mount /dev/vdb "$srv/fast"
  mount /dev/vdc "$srv/slow"
  printf '127.0.0.1 localhost\n' >/etc/hosts
  echo '+cpu +memory +io +pids' >/sys/fs/cgroup/cgroup.subtree_control
  dd if=/dev/zero of="$srv/fast/index" bs=1M count=300 2>/dev/null
  dd if=/dev/zero of="$srv/swap" bs=1M count=400 2>/dev/null
  chmod 600 "$srv/swap"
  mkswap -q "$srv/swap"
  sync
}

# fall_ill FOLDER NAME: one capture of one illness, and then none.
fall_ill() {
  echo "$2: $(cut -d' ' -f1 /proc/uptime)"
  "$2"
  sleep 4
  sh "$1/collect-$2.sh" -o "$1/out/$2.tar" </dev/null >"$1/out/$2.log" 2>&1
  if command -v "${2}_end" >/dev/null; then "${2}_end"; fi
  well
  sleep 3
}

# in_group NAME LIMIT=VALUE… -- COMMAND…
in_group() {
  path=/sys/fs/cgroup/$1
  mkdir -p "$path"
  shift
  while [ "$1" != -- ]; do
    echo "${1#*=}" >"$path/${1%%=*}"
    shift
  done
  shift
  start sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$path" "$@"
}

pinned_hog() { start taskset -c 1 pricing hog 1; }
many_hogs() { start pricing hog 8; }
mutex() { start ledger mutex 12; }
mutex_stripped() { start teller mutex 12; }
cpu_quota() { in_group batch cpu.max='20000 100000' -- batch hog 3; }
memory_reclaim() { in_group index memory.max=48M -- indexer scan "$srv/fast/index"; }
memory_oom() {
  in_group thumbs memory.max=96M memory.swap.max=0 -- sh -c 'while :; do thumbnailer grow 60; sleep 0.5; done'
}
growth() { start importer grow 40; }
swapping() {
  swapon "$srv/swap"
  in_group sessions memory.max=64M -- sessions touch 160
}
swapping_end() { swapoff "$srv/swap"; }
bursts() { start archiver burst "$srv/slow/archive" 48; }
io_limit() {
  in_group backup io.max="$(lsblk -dno MAJ:MIN /dev/vdb | tr -d ' ') wiops=10" -- backup commit "$srv/fast/backup" 16
}
frozen() {
  for i in 1 2 3 4; do start reports commit "$srv/fast/report-$i" 4; done
  sleep 1
  fsfreeze -f "$srv/fast"
}
frozen_end() { fsfreeze -u "$srv/fast"; }
fsyncs() { for i in 1 2 3 4; do start orderdb commit "$srv/slow/orders-$i" 8; done; }
fork_storm() { for i in 1 2 3; do start healthcheck.sh; done; }
missing_files() { start loader missing "$srv/shop"; }
ping_pong() { start relay relay; }
timers() { start ticker timers 40; }
log_writer() { start auditlog log "$srv/slow/audit.log" 40000; }
page_faults() { start mapper faults; }
garbage() { start cart.js; }
python_regex() { start mailfilter.py; }
v8_regex() { start router.js; }
backlog() {
  start gateway serve 127.0.0.1 8080 4 500000 4
  sleep 0.3
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do start browser visit 127.0.0.1 8080 100000; done
}
churn() {
  start api serve 127.0.0.1 8081 512 0 1
  sleep 0.3
  start poller visit 127.0.0.1 8081 0
}
loss() {
  branch_behind 15%
  start branch-web serve 10.9.0.1 8082 64 0 200
  sleep 0.3
  for i in 1 2 3 4; do start ip netns exec branch branch-client visit 10.9.0.1 8082 1000; done
}
loss_end() { tc qdisc del dev to-branch root; }
slow_names() {
  printf 'nameserver 127.0.0.1\noptions timeout:5 attempts:1\n' >/etc/resolv.conf
  start nameserver names 800
  sleep 0.3
  start checkout lookups 2
}

idle() { :; }
# A shop that is open and well: pages, a few writes, a job that takes a third of a CPU.
healthy_web() {
  start api serve 127.0.0.1 8081 128 0 4
  sleep 0.3
  start browser visit 127.0.0.1 8081 20000
}
healthy_batch() { start nightly.py; }
healthy_disk() { start orders.py "$srv/fast/orders"; }
