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
  raw '{"coldflame":1,"host":{"hostname":'
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
  raw '}},"versions":{'
  versions
  raw '},"started":'
  number "$wall_start"
  raw ',"ended":'
  number "$wall_end"
  raw ',"window":'
  number "$(seconds_of $((window_end - capture_start)))"
  raw ',"monotonic":'
  number "$monotonic"
  raw ',"utcOffset":'
  number "$utc_offset"
  raw ',"zone":'
  string "$(date +%Z)"
  raw ',"notes":['
  comma=''
  [ -s "$folder/run/notes" ] && while IFS= read -r line; do
    raw "$comma"
    string "$line"
    comma=,
  done <"$folder/run/notes"
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

# /proc/uptime goes on while a host sleeps, the monotonic clock does not. perf knows both, and says so in its header:
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
  [ -n "$narrowed" ] && note "$narrowed"
  [ -n "$for_root" ] && note "as root there would also be: $for_root"
  drift=$(awk -v a="$wall_start" -v b="$wall_end" -v c="$capture_start" -v d="$now" 'BEGIN { printf "%.1f", b - a - (d - c) / 100 }')
  case $drift in -0.* | 0.* | 1.0 | -1.0) ;; *) note "the wall clock was set by $drift s while this ran: times by it are off" ;; esac
  tools_took=$(cat "$folder"/run/*.times 2>/dev/null | children_times)
  times >"$folder/run/own-times"
  cost=$(awk -v tools="$tools_took" '{ for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += t[1] * 60 + t[2] } } END {
    own = sum - tools; if (own < 0) own = 0
    printf "collecting took %.2f CPU seconds: %.2f the tools, %.2f the collector itself", tools + own, tools, own }' "$folder/run/own-times")
  kilobytes_in "$folder"
  note "$cost; $kilobytes KB were written"
}

# The manifest first, so that who reads the archive as a stream has its facts before the rest.
write_archive() {
  set -- manifest.json
  for name in $names; do
    [ -s "$folder/out/$name.txt" ] && set -- "$@" "$name.txt"
    [ -s "$folder/out/$name.data" ] && set -- "$@" "$name.data"
  done
  pack='cat'
  [ "$gzip" = 0 ] || pack='gzip'
  # As a background job, which the terminal's Ctrl-C does not reach.
  (
    # shellcheck disable=SC2086 # words of our own
    cd "$folder/out" && $lowest tar -cf - "$@" 2>"$folder/run/tar.err" && : >"$folder/run/packed"
  ) 9>&- 3<&- | if [ -n "$unfinished" ]; then $pack >"$unfinished"; else $pack; fi 2>"$folder/run/pack.err" 9>&- 3<&- &
  await $! && [ -e "$folder/run/packed" ]
}

# Who used sudo reads the archive without it.
give_back() {
  case ${SUDO_UID:-} in '' | *[!0-9]*) return ;; esac
  [ "$user" != 0 ] || chown -- "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$unfinished" 2>/dev/null
}

# Under its name, whole. Without a name from the user: the first free one of capture.tar, capture-2.tar, …
publish() {
  [ -n "$unfinished" ] || return 0
  give_back
  number=1 base=${output%.tar}
  # A link fails where the name is taken, whoever took it just now.
  while [ -n "$numbered" ] && ! ln -- "$unfinished" "$output" 2>/dev/null; do
    # Free, and yet no link: this file system has none.
    [ -e "$output" ] || numbered=''
    number=$((number + 1))
    [ -z "$numbered" ] || output=$base-$number.tar
  done
  if [ -n "$numbered" ]; then
    rm -f -- "$unfinished"
  else
    mv -f -- "$unfinished" "$output" || die "$output: could not be written"
  fi
  unfinished=''
}
