# ---------------------------------------------------------------------------------------------------------------------
# What was collected becomes one archive, with a manifest that says how each part of it came about.

host_facts() {
  os=''
  [ -r /etc/os-release ] && while IFS='=' read -r key value; do
    [ "$key" = PRETTY_NAME ] && os=${value#[\"\']} && os=${os%[\"\']}
  done </etc/os-release
  memory=''
  while read -r key value _; do
    [ "$key" = MemTotal: ] && memory=$((value * 1024))
    [ "$key" = MemAvailable: ] && memory_left=$((value / 2048))
  done </proc/meminfo
  cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null)
}

# Whose processes /proc shows. Kernel threads are in the first PID namespace alone, and its number is the kernel's: PROC_PID_INIT_INO in
# include/linux/proc_ns.h. What hides the processes of others (hidepid) hides kernel threads, too.
see_processes() {
  only_own_processes='only processes of this container or PID namespace can be seen; those of the rest of the host cannot'
  if [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ]; then
    processes=host
  else
    case $(readlink /proc/self/ns/pid 2>/dev/null) in '' | 'pid:[4026531836]') ;; *) processes=namespace ;; esac
  fi
}

# A fact of how the host is set up: its name and value, as a member of an object.
fact() {
  [ -n "$2" ] || return 0
  raw "$comma"
  comma=,
  string "$1"
  raw :
  string "$2"
}

# Such facts, of files: lines of a name and a path, read with one process. Of each file its first line.
facts_of_files() {
  while read -r label path; do
    [ -r "$path" ] && [ -f "$path" ] && printf '%s\n' "$label $path"
  done | awk '
    {
      label = $1
      path = $0
      sub(/^[^ ]* /, "", path)
      value = ""
      if ((getline value < path) > 0 && value !~ /^(Not affected)?$/) {
        gsub(/[ \t]+/, " ", value)
        sub(/ $/, "", value)
        print label "\t" value
      }
      close(path)
    }' | while IFS="$TAB" read -r label told; do fact "$label" "$told"; done
}

# What changes how a host performs. The sysctls: https://docs.kernel.org/admin-guide/sysctl/
sysctls='
vm.swappiness vm.dirty_ratio vm.dirty_background_ratio vm.dirty_bytes vm.dirty_background_bytes vm.dirty_expire_centisecs
vm.dirty_writeback_centisecs vm.overcommit_memory vm.overcommit_ratio vm.min_free_kbytes vm.watermark_scale_factor
vm.zone_reclaim_mode vm.vfs_cache_pressure vm.max_map_count vm.nr_hugepages vm.panic_on_oom vm.oom_kill_allocating_task
vm.page-cluster kernel.pid_max kernel.threads-max kernel.numa_balancing kernel.sched_autogroup_enabled
kernel.sched_rt_runtime_us kernel.perf_event_paranoid kernel.kptr_restrict kernel.unprivileged_bpf_disabled
kernel.task_delayacct kernel.nmi_watchdog fs.file-max fs.nr_open fs.aio-max-nr net.core.somaxconn
net.core.netdev_max_backlog net.core.netdev_budget net.core.rmem_max net.core.wmem_max net.core.default_qdisc
net.ipv4.tcp_max_syn_backlog net.ipv4.tcp_syncookies net.ipv4.tcp_abort_on_overflow net.ipv4.tcp_fin_timeout
net.ipv4.tcp_tw_reuse net.ipv4.tcp_rmem net.ipv4.tcp_wmem net.ipv4.tcp_mem net.ipv4.tcp_congestion_control
net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_syn_retries net.ipv4.tcp_retries2 net.ipv4.ip_local_port_range
net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_count'

fact_files() {
  for name in $sysctls; do
    # net.core.default_qdisc is net/core/default_qdisc
    rest=$name path=/proc/sys
    while [ -n "$rest" ]; do
      path=$path/${rest%%.*}
      case $rest in *.*) rest=${rest#*.} ;; *) rest='' ;; esac
    done
    printf '%s %s\n' "$name" "$path"
  done
  printf '%s\n' 'kernel.cmdline /proc/cmdline' 'cpu.smt /sys/devices/system/cpu/smt/control' \
    'cpu.governor /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor' \
    'cpu.driver /sys/devices/system/cpu/cpu0/cpufreq/scaling_driver' \
    'cpu.no_turbo /sys/devices/system/cpu/intel_pstate/no_turbo' 'cpu.boost /sys/devices/system/cpu/cpufreq/boost' \
    'thp.enabled /sys/kernel/mm/transparent_hugepage/enabled' 'thp.defrag /sys/kernel/mm/transparent_hugepage/defrag' \
    'numa.nodes /sys/devices/system/node/online' 'dmi.vendor /sys/class/dmi/id/sys_vendor' \
    'dmi.product /sys/class/dmi/id/product_name' \
    'clocksource /sys/devices/system/clocksource/clocksource0/current_clocksource' 'files.open /proc/sys/fs/file-nr'
  for path in /sys/devices/system/cpu/vulnerabilities/*; do printf '%s\n' "mitigation.${path##*/} $path"; done
  [ -r /proc/diskstats ] && awk '$4 + $8 > 0 && n++ < 100 { print $3 }' /proc/diskstats | while read -r disk; do
    for what in scheduler rotational nr_requests read_ahead_kb wbt_lat_usec write_cache; do
      printf '%s\n' "disk.$disk.$what /sys/block/$disk/queue/$what"
    done
    printf '%s\n' "disk.$disk.model /sys/block/$disk/device/model"
  done
  for path in /sys/class/net/*; do
    for what in mtu speed operstate; do printf '%s\n' "net.${path##*/}.$what $path/$what"; done
  done | head -n 300
  group=$cgroup
  if [ -z "$group" ]; then
    group=$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null)
    group=/sys/fs/cgroup${group%/}
  fi
  for what in cpu.max cpu.weight memory.max memory.high memory.swap.max io.max pids.max cpuset.cpus.effective; do
    printf '%s\n' "cgroup.$what $group/$what"
  done
}

facts() {
  comma=''
  fact kernel.version "$(uname -v)"
  fact cpu.model "$(awk -F': *' '/^(model name|Model|cpu model)/ { print $2; exit }' /proc/cpuinfo 2>/dev/null)"
  fact_files >"$folder/run/fact-files"
  facts_of_files <"$folder/run/fact-files"
  # facts_of_files wrote in a process of its own.
  comma=,
  swaps=$(awk 'NR > 1 { printf "%s%s %s KiB, priority %s", n++ ? ", " : "", $1, $3, $5 }' /proc/swaps 2>/dev/null)
  fact swap "$swaps"
  # Of the file systems those that hold files: on devices, over the network, in memory, in layers.
  awk '$1 ~ /^\// || $3 ~ /^(nfs|cifs|smb|ceph|fuse|overlay|tmpfs|zfs|btrfs|9p|virtiofs)/ {
      if (n++ < 100) print $2 "\t" $3 " " $4 " " $1 }' /proc/self/mounts 2>/dev/null |
    while IFS="$TAB" read -r path told; do fact "mount.$path" "$told"; done
}

versions() {
  comma=''
  for one in 'perf --version' 'bpftrace --version' 'vmstat -V' 'mpstat -V'; do
    have "${one%% *}" || continue
    # shellcheck disable=SC2086 # a command of two words
    version=$($one 2>&1 </dev/null | head -n 1)
    raw "$comma"
    comma=,
    string "${one%% *}"
    raw :
    string "$version"
  done
}

# 254:0 → vda, for tools that know no names; those alone that were read or written since boot.
disks() {
  comma=''
  [ -r /proc/diskstats ] && awk '$4 + $8 > 0 && n++ < 1000 { print $1 ":" $2, $3 }' /proc/diskstats | while read -r numbers disk; do
    raw "$comma"
    comma=,
    string "$numbers"
    raw :
    string "$disk"
  done
}

manifest() {
  raw '{"coldflame":2,"host":{"hostname":'
  string "$(uname -n)"
  raw ',"kernel":'
  string "$(uname -r)"
  raw ',"arch":'
  string "$(uname -m)"
  raw ',"os":'
  string "$os"
  raw ',"cpus":'
  number "$cpus"
  raw ',"memoryBytes":'
  number "$memory"
  raw ',"disks":{'
  disks
  raw '},"facts":{'
  cat "$folder/run/facts"
  raw '}},"versions":{'
  versions
  raw '},"started":'
  number "$wall_start"
  raw ',"ended":'
  number "$wall_end"
  raw ',"window":'
  number "$(seconds_of $((window_end - capture_start)))"
  raw ',"windowBegan":'
  moment "$window_began"
  raw ',"monotonic":'
  number "$monotonic"
  raw ',"utcOffset":'
  number "$utc_offset"
  raw ',"zone":'
  string "$(date +%Z)"
  raw ',"narrowed":'
  if [ -n "$narrowed" ]; then
    raw '{"pid":'
    number "$only_pid"
    raw ',"comm":'
    string "$only_comm"
    raw ',"container":'
    string "$only_container"
    raw ',"cgroup":'
    string "$only_cgroup"
    raw '}'
  else
    raw null
  fi
  raw ',"processes":'
  if [ -n "$processes" ]; then string "$processes"; else raw null; fi
  raw ',"notes":['
  comma=''
  [ -s "$folder/run/notes" ] && while IFS= read -r line; do
    raw "$comma"
    string "$line"
    comma=,
  done <"$folder/run/notes"
  raw '],"collector":{"pids":['
  raw "$own_pids"
  raw '],"cpu":'
  hundredths "$own_cpu"
  raw '},"marks":['
  comma=''
  # What took long has two lines: of when it began, and of when it was done. Several may fall into one hundredth of a second.
  [ -s "$folder/run/marks" ] && awk '
    { if (!(($1, $NF) in last)) order[++n] = $1 SUBSEP $NF; last[$1, $NF] = $0 }
    END { for (i = 1; i <= n; i++) print last[order[i]] }' "$folder/run/marks" |
    while read -r kind at until pid word; do
    raw "$comma{\"kind\":"
    comma=,
    string "$kind"
    raw ',"at":'
    moment "$at"
    raw ',"until":'
    moment "${until#-}"
    raw ',"pid":'
    number "${pid#-}"
    raw ',"word":'
    string "$word"
    raw '}'
  done
  raw '],"runs":['
  comma=''
  for name in $names; do
    [ -s "$folder/run/$name.json" ] || continue
    raw "$comma"
    comma=,
    cat "$folder/run/$name.json"
  done
  raw ']}'
}

# +0530 → 19800
offset_seconds() {
  sign=${1%????} hours=${1#?} minutes=${1#???}
  hours=${hours%??}
  utc_offset=$sign$((${hours#0} * 3600 + ${minutes#0} * 60))
  utc_offset=${utc_offset#+}
}

# The monotonic clock, which perf, bpftrace and dmesg print, at the start of the capture: /proc/uptime goes on while a host sleeps
# and it does not. Root may ask the kernel: now at 34305133790 nsecs
read_monotonic() {
  monotonic=$(seconds_of "$capture_start")
  nanoseconds=''
  now
  { read -r _ && read -r _ && read -r _ _ nanoseconds _; } 2>/dev/null </proc/timer_list
  case $nanoseconds in '' | *[!0-9]*) return ;; esac
  nanoseconds=$((nanoseconds - (now - capture_start) * 10000000))
  [ ${#nanoseconds} -gt 9 ] && monotonic=${nanoseconds%?????????}.${nanoseconds#"${nanoseconds%?????????}"}
}

# perf knows it exactly, beside the wall clock, and says so in its header:
# # reference time: 2026-11-20 14:56:30.901792 = 1795186590.901792 (TOD) = 1037.994002509 (monotonic)
monotonic_from_perf() {
  for name in $afters; do
    exact=$(head -n 100 "$folder/out/$name.txt" 2>/dev/null | awk -v started="$wall_start" '
      /^# reference time: .*\(TOD\).*\(monotonic\)/ {
        for (i = 2; i <= NF; i++) { if ($i == "(TOD)") wall = $(i - 1); if ($i == "(monotonic)") clock = $(i - 1) }
        printf "%.6f", clock - (wall - started)
        exit
      }')
    [ -n "$exact" ] && monotonic=$exact
  done
}

# What the clocks, the tools and this script itself have to say at the end.
closing_notes() {
  [ -n "$stop" ] && note "$stop, $(seconds_of $((window_end - capture_start))) s after the start"
  [ -z "$narrowed" ] || say "narrowed to $narrowed where a tool can be"
  [ -n "$for_root" ] && note "as root it would also run: $for_root"
  drift=$(awk -v a="$wall_start" -v b="$wall_end" -v c="$capture_start" -v d="$wall_end_at" -v doubt="$wall_doubt" '
    BEGIN { drift = b - a - (d - c) / 100; if (drift > 1 + doubt / 100 || drift < -1 - doubt / 100) printf "%.1f", drift }')
  [ -z "$drift" ] || note "the wall clock was set by $drift s while this ran: times by it are off"
  tools_took=$(cat "$folder"/run/*.times 2>/dev/null | children_times)
  command_took=$(cat "$folder"/run/*.command-times 2>/dev/null | children_times)
  times >"$folder/run/own-times"
  # Both lines count: that of this shell, and that of all its children.
  own_cpu=$(($(sed p "$folder/run/own-times" | children_times) - tools_took - command_took))
  [ "$own_cpu" -ge 0 ] || own_cpu=0
  own_pids=''
  [ -s "$folder/run/collector.began" ] && read -r _ own_pids <"$folder/run/collector.began"
  own_pids=$(printf '%s' "$own_pids" | tr ' ' ,)
  cost="collecting took $(seconds_of $((tools_took + own_cpu))) CPU seconds: $(seconds_of "$tools_took") the tools"
  cost="$cost, $(seconds_of "$own_cpu") the collector itself"
  kilobytes_in "$folder"
  note "$cost; $kilobytes KB were written"
}

# The manifest first, so that who reads the archive as a stream has its facts before the rest.
write_archive() {
  set -- manifest.json
  for name in $names; do
    [ -s "$folder/out/$name.txt" ] && set -- "$@" "$name.txt"
  done
  [ -d "$folder/out/perf" ] && set -- "$@" perf
  pack='cat'
  [ "$gzip" = 0 ] || pack='gzip'
  # As a background job, which the terminal's Ctrl-C does not reach.
  (
    # shellcheck disable=SC2086 # words of our own
    cd "$folder/out" && $lowest tar -cf - "$@" 2>"$folder/run/tar.err" && : >"$folder/run/packed"
  ) 9>&- 3<&- | if [ -n "$unfinished" ]; then $pack >"$unfinished"; else $pack; fi 2>"$folder/run/pack.err" 9>&- 3<&- &
  await $! && [ -e "$folder/run/packed" ] || return 1
  # What calls itself tar may be something else.
  [ -z "$unfinished" ] && return
  case $gzip in 0) [ "$(head -c 13 "$unfinished" | tr -d '\000')" = manifest.json ] ;; *) [ -s "$unfinished" ] ;; esac ||
    die "$(command -v tar) wrote no archive; see which tar is first on the PATH"
}

# Who used sudo reads the archive without it.
give_back() {
  case ${SUDO_UID:-} in '' | *[!0-9]*) return ;; esac
  [ "$user" != 0 ] || chown -- "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$unfinished" 2>/dev/null
}

# Under its name, whole; where that is taken and not to be replaced, under the first free one of capture-2.tar, capture-3.tar, …
publish() {
  [ -n "$unfinished" ] || return 0
  give_back
  suffix=''
  for ending in .tar .tgz .tar.gz; do
    case $output in *"$ending") suffix=$ending ;; esac
  done
  number=1 base=${output%"$suffix"} keeps=1
  [ "$named" = 0 ] || [ "$force" = 0 ] || keeps=0
  # A link fails where the name is taken, whoever took it just now.
  while [ "$keeps" = 1 ] && ! ln -- "$unfinished" "$output" 2>/dev/null; do
    # Free, and yet no link: this file system has none.
    [ -e "$output" ] || keeps=0
    number=$((number + 1))
    [ "$keeps" = 0 ] || output=$base-$number$suffix
  done
  if [ "$keeps" = 1 ]; then
    rm -f -- "$unfinished"
  else
    mv -f -- "$unfinished" "$output" || die "$output: could not be written"
  fi
  unfinished=''
}
