/**
 * POSIX sh programs of our own that read /proc and print what vmstat, mpstat, iostat and sar would, for hosts without
 * procps or sysstat: the same grammars read them. sh, cat, date and awk are all they need; busybox's will do. The last,
 * for which there is no tool, reads control groups.
 * Each takes the number of reports. Fields of /proc: https://man7.org/linux/man-pages/man5/proc.5.html
 */

/**
 * Shows the files to the awk program once a second: `now UPTIME CLOCK`, their lines, `end`. Interrupted, it stops looking,
 * and awk, which may have read ahead, still prints what it has.
 */
const eachSecond = (snapshots: string, files: string, program: string): string => `
trap : INT
{
  trap 'exit 0' INT
  i=0
  while [ "$i" -lt "$((${snapshots}))" ]; do
    [ "$i" -eq 0 ] || sleep 1
    echo "now $(cut -d' ' -f1 /proc/uptime) $(date +%H:%M:%S)"
    cat ${files}
    echo end
    i=$((i + 1))
  done
} | {
  trap '' INT
  awk '${program}'
}
`;

/** sysstat's first line: kernel, host, date, machine. */
const heading = `
echo "Linux $(uname -r) ($(cat /proc/sys/kernel/hostname)) 	$(date +%Y-%m-%d) 	_$(uname -m)_	($(grep -c '^cpu[0-9]' /proc/stat) CPU)"`;

/** As vmstat, its first line is the average since boot. r leaves out the cat that reads the file. */
export const vmstat = eachSecond(
  '$1',
  '/proc/stat /proc/meminfo /proc/vmstat',
  String.raw`
BEGIN {
  print "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----"
  print " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st"
}
$1 == "now" { now = $2 }
$1 == "cpu" { v["us"] = $2 + $3; v["sy"] = $4 + $7 + $8; v["id"] = $5; v["wa"] = $6; v["st"] = $9 }
$1 == "intr" || $1 == "ctxt" || $1 ~ /^pgpg(in|out)$/ || $1 ~ /^pswp(in|out)$/ { v[$1] = $2 }
$1 ~ /^procs_/ || $1 ~ /^[A-Z].*:$/ { m[$1] = $2 }
$1 == "end" {
  for (k in v) { d[k] = v[k] - p[k]; p[k] = v[k] }
  s = now - before; before = now
  all = d["us"] + d["sy"] + d["id"] + d["wa"] + d["st"]
  if (s <= 0 || all <= 0) next
  printf "%2d %2d %6d %6d %6d %6d %4d %4d %5d %5d %4d %4d %2d %2d %2d %2d %2d\n",
    m["procs_running"] - 1, m["procs_blocked"], m["SwapTotal:"] - m["SwapFree:"], m["MemFree:"], m["Buffers:"],
    m["Cached:"] + m["SReclaimable:"], d["pswpin"] * 4 / s, d["pswpout"] * 4 / s, d["pgpgin"] / s, d["pgpgout"] / s,
    d["intr"] / s, d["ctxt"] / s, 100 * d["us"] / all, 100 * d["sy"] / all, 100 * d["id"] / all, 100 * d["wa"] / all,
    100 * d["st"] / all
  fflush()
}`,
);

export const mpstat =
  heading +
  eachSecond(
    '$1 + 1',
    '/proc/stat',
    String.raw`
$1 == "now" { clock = $3; n = 0 }
/^cpu/ {
  name = $1 == "cpu" ? "all" : substr($1, 4)
  order[n++] = name
  # Guests are counted in user and nice as well.
  v[1] = $2 - $10; v[2] = $3 - $11; v[3] = $4; v[4] = $6; v[5] = $7; v[6] = $8; v[7] = $9; v[8] = $10; v[9] = $11; v[10] = $5
  all[name] = 0
  for (k = 1; k <= 10; k++) {
    d[name, k] = v[k] - p[name, k]; p[name, k] = v[k]
    all[name] += d[name, k]
  }
}
$1 == "end" {
  if (!began) { began = 1; next }
  printf "\n%-11s  CPU    %%usr   %%nice    %%sys %%iowait    %%irq   %%soft  %%steal  %%guest  %%gnice   %%idle\n", clock
  for (i = 0; i < n; i++) {
    if (all[order[i]] <= 0) continue
    printf "%-11s %4s", clock, order[i]
    for (k = 1; k <= 10; k++) printf " %7.2f", 100 * d[order[i], k] / all[order[i]]
    print ""
  }
  fflush()
}`,
  );

/** As iostat, its first report is the average since boot, and disks that did nothing are left out. */
export const iostat =
  heading +
  eachSecond(
    '$1',
    '/proc/stat /proc/diskstats; echo disks /sys/block/*',
    String.raw`
function per(a, b) { return b > 0 ? a / b : 0 }
$1 == "now" { now = $2; n = 0 }
$1 == "cpu" { for (k = 2; k <= 9; k++) { c[k] = $k - pc[k]; pc[k] = $k } }
$1 ~ /^[0-9]+$/ && NF >= 14 { disk[n++] = $3; for (k = 4; k <= 20; k++) { d[$3, k] = $k - p[$3, k]; p[$3, k] = $k } }
$1 == "disks" { for (k = 2; k <= NF; k++) whole[substr($k, 12)] = 1 }
$1 == "end" {
  s = now - before; before = now
  all = 0
  for (k = 2; k <= 9; k++) all += c[k]
  if (s <= 0 || all <= 0) next
  print "\navg-cpu:  %user   %nice %system %iowait  %steal   %idle"
  printf "        %7.2f %7.2f %7.2f %7.2f %7.2f %7.2f\n", 100 * c[2] / all, 100 * c[3] / all,
    100 * (c[4] + c[7] + c[8]) / all, 100 * c[6] / all, 100 * c[9] / all, 100 * c[5] / all
  print "\nDevice            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz  aqu-sz  %util"
  for (i = 0; i < n; i++) {
    b = disk[i]
    if (!(b in whole) || d[b, 4] + d[b, 8] + d[b, 15] + d[b, 19] == 0) continue
    printf "%-13s", b
    for (k = 4; k <= 8; k += 4)
      printf " %7.2f %9.2f %8.2f %6.2f %7.2f %8.2f", d[b, k] / s, d[b, k + 2] / 2 / s, d[b, k + 1] / s,
        100 * per(d[b, k + 1], d[b, k] + d[b, k + 1]), per(d[b, k + 3], d[b, k]), per(d[b, k + 2] / 2, d[b, k])
    busy = d[b, 13] / s / 10
    if (busy > 100) busy = 100
    printf " %7.2f %6.2f\n", d[b, 14] / s / 1000, busy
  }
  fflush()
}`,
  );

export const sarDev =
  heading +
  eachSecond(
    '$1 + 1',
    '/proc/net/dev',
    String.raw`
$1 == "now" { clock = $3; s = $2 - before; before = $2; n = 0; next }
/:/ {
  sub(/:/, " ")
  face[n++] = $1
  for (k = 2; k <= 17; k++) { d[$1, k] = $k - p[$1, k]; p[$1, k] = $k }
}
$1 == "end" {
  if (!began) { began = 1; next }
  if (s <= 0) next
  printf "\n%-11s     IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s\n", clock
  for (i = 0; i < n; i++) {
    f = face[i]
    printf "%-11s %9s %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f\n", clock, f, d[f, 3] / s, d[f, 11] / s,
      d[f, 2] / 1024 / s, d[f, 10] / 1024 / s, d[f, 8] / s, d[f, 17] / s, d[f, 9] / s
  }
  fflush()
}`,
  );

export const sarTcp =
  heading +
  eachSecond(
    '$1 + 1',
    '/proc/net/snmp',
    String.raw`
$1 == "now" { clock = $3; s = $2 - before; before = $2 }
$1 == "Tcp:" && $2 ~ /^[A-Z]/ { for (k = 2; k <= NF; k++) name[k] = $k; next }
$1 == "Tcp:" { for (k = 2; k <= NF; k++) { d[name[k]] = ($k - p[name[k]]); p[name[k]] = $k } }
$1 == "end" {
  if (!began) { began = 1; next }
  if (s <= 0) next
  printf "\n%-11s  active/s passive/s    iseg/s    oseg/s\n", clock
  printf "%-11s %9.2f %9.2f %9.2f %9.2f\n", clock, d["ActiveOpens"] / s, d["PassiveOpens"] / s, d["InSegs"] / s, d["OutSegs"] / s
  printf "\n%-11s  atmptf/s  estres/s retrans/s isegerr/s   orsts/s\n", clock
  printf "%-11s %9.2f %9.2f %9.2f %9.2f %9.2f\n", clock, d["AttemptFails"] / s, d["EstabResets"] / s, d["RetransSegs"] / s,
    d["InErrs"] / s, d["OutRsts"] / s
  fflush()
}`,
  );

/** What the command prints, once a second, each time under what /proc/uptime says then. */
const readings = (command: string): string => `
i=0
while [ "$i" -lt "$1" ] && read -r uptime </proc/uptime; do
  [ "$i" -eq 0 ] || sleep 1
  read -r uptime </proc/uptime
  echo "$uptime"
  ${command}
  i=$((i + 1))
done
`;

/** Each line says which file it is of. */
export const pressure = readings('grep -H . /proc/pressure/cpu /proc/pressure/memory /proc/pressure/io');
export const meminfo = readings('cat /proc/meminfo');
export const procVmstat = readings('cat /proc/vmstat');
export const procNet = readings('cat /proc/net/snmp /proc/net/netstat /proc/net/sockstat /proc/net/softnet_stat');
/** A summary of all sockets, and of each that listens how many connections wait to be accepted and how many may. */
export const sockets = `command -v ss >/dev/null || {
  echo 'ss is not on this host: install iproute2' >&2
  exit 1
}
${readings('ss -s; ss -ltn')}`;

/**
 * Tasks in state D, 64 at most, once a second, with the function that they sleep in and, for root, the kernel's stack. The main
 * threads of all processes are looked at; all threads only where one of those is found or the kernel counts somebody who waits
 * for I/O, and there are at most 5,000. What is read of each (stat, wchan, stack) takes no lock that such a task may hold.
 */
export const dstate = String.raw`
printf '%-9s %-8s %-8s %-16s %s\n' 'TIME(s)' PID TID COMM WCHAN
read -r zero _ </proc/uptime
zero=${'$'}{zero%.*}${'$'}{zero#*.}
i=0
while [ "$i" -lt "$1" ]; do
  [ "$i" -eq 0 ] || sleep 1
  i=$((i + 1))
  read -r now _ </proc/uptime
  now=$((${'$'}{now%.*}${'$'}{now#*.} - zero))
  now=$((now / 100)).$((now / 10 % 10))$((now % 10))
  read -r _ _ _ tasks _ </proc/loadavg
  grep -qs -e ') D ' -e '^procs_blocked [1-9]' /proc/stat /proc/[0-9]*/stat || continue
  set -- "$1" /proc/[0-9]*/task/[0-9]*
  [ "${'$'}{tasks#*/}" -le 5000 ] || set -- "$1" /proc/[0-9]*
  reports=$1
  shift
  for task; do echo "$task/stat"; done | xargs grep -H ') D ' 2>/dev/null | head -n 64 |
    sed 's,^/proc/\([0-9]*\)[^:]*/stat:\([0-9]*\) (\(.*\)) D .*,\1 \2 \3,' |
    while read -r pid tid comm; do
      wchan=''
      read -r wchan 2>/dev/null <"/proc/$pid/task/$tid/wchan"
      case $wchan in '' | 0) wchan=- ;; esac
      printf '%-9s %-8s %-8s %-16s %s\n' "$now" "$pid" "$tid" "$comm" "$wchan"
      sed -n 's,^\[<[0-9a-f]*>\] \([^/]*\).*,        \1 [kernel],p' "/proc/$pid/task/$tid/stack" 2>/dev/null
    done
  set -- "$reports"
done
`;

/**
 * The limits of the control groups that have one, 24 at most, those first that were held back most by theirs; then what they
 * count and use, at once and after each second. Of a host where none has a limit, those of all of it. Of version 1, CPU alone.
 */
export const throttled = String.raw`
reports=$1
set -f
IFS='
'
set -- $(find /sys/fs/cgroup \( -name cpu.max -o -name memory.max -o -name memory.high -o -name io.max -o -name cpu.stat \
  -o -name memory.events \) -exec grep -H . {} + 2>/dev/null | awk '
  match($0, /\/(cpu\.max|cpu\.stat|memory\.max|memory\.high|memory\.events|io\.max):/) {
    group = substr($0, 1, RSTART - 1)
    fact = substr($0, RSTART + 1)
    if (fact ~ /^(cpu\.max|memory\.max|memory\.high|io\.max):[0-9]/ || fact ~ /^cpu\.stat:nr_periods [1-9]/) limited[group] = 1
    if (fact ~ /^cpu\.stat:nr_throttled / || fact ~ /^memory\.events:(high|max) /) held[group] += $NF
  }
  END { for (group in limited) print held[group] + 0, group }' | sort -rn | head -n 24 | cut -d' ' -f2-)
[ $# -gt 0 ] || set -- /sys/fs/cgroup /sys/fs/cgroup/cpu
cat /proc/uptime
for group; do
  grep -Hs . "$group/cpu.max" "$group/cpu.cfs_quota_us" "$group/cpu.cfs_period_us" "$group/memory.max" "$group/memory.high" \
    "$group/memory.swap.max" "$group/io.max" "$group/pids.max"
  for file in cpu.stat memory.current memory.swap.current memory.events io.stat pids.current cpu.pressure memory.pressure io.pressure; do
    [ ! -r "$group/$file" ] || set -- "$@" "$group/$file"
  done
  shift
done
i=0
while grep -Hs . "$@"; [ "$i" -lt "$reports" ]; do
  sleep 1
  cat /proc/uptime
  i=$((i + 1))
done
`;
