# ---------------------------------------------------------------------------------------------------------------------

usage() {
  printf 'usage: sh %s [-o FILE] [--force] [--plan] [--quiet]   (-o - is standard output)\n' "${0##*/}"
}

arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      -o)
        [ $# -gt 1 ] || {
          usage >&2
          exit 2
        }
        output=$2 gzip=0
        case $output in *.gz | *.tgz) gzip=1 ;; esac
        shift
        ;;
      --force) force=1 ;;
      --plan) plan=1 ;;
      --quiet) progress=quiet ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        exit 2
        ;;
    esac
    shift
  done
  if [ "$progress" = auto ]; then
    progress=plain
    [ -t 2 ] && progress='tty'
  fi
}

# What the capture is narrowed to: $cgroup is the folder of the control group, $cgroup_name its name under the mount.
narrow() {
  if [ -n "$only_container" ]; then
    find_container
    narrowed="the container $only_container, control group $only_cgroup,"
  elif [ -n "$only_cgroup" ]; then
    narrowed="the control group $only_cgroup"
  elif [ -n "$only_pid" ]; then
    [ -d "/proc/$only_pid" ] || die "no process $only_pid on this host"
    only_comm=$(tr -cd '[:print:]' <"/proc/$only_pid/comm")
    narrowed="process $only_pid ($only_comm)"
  fi
  [ -z "$only_cgroup" ] || find_cgroup
}

# Version 2 alone, version 2 beside 1, and where perf looks in version 1.
cgroup_mounts='/sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/perf_event'

find_cgroup() {
  for mount in $cgroup_mounts; do
    [ -e "$mount/cgroup.procs" ] || continue
    cgroup_name=/$(printf '%s' "${only_cgroup#"$mount"}" | sed 's,^/*,,')
    cgroup=$mount$cgroup_name
    [ -e "$cgroup/cgroup.procs" ] && return
  done
  die "no control group $only_cgroup on this host: looked in $cgroup_mounts"
}

# A container's control group has its id in its name: docker-ID.scope, cri-containerd-ID.scope, libpod-ID.scope, …
find_container() {
  id=$only_container
  for runtime in docker podman nerdctl; do
    have "$runtime" && known=$("$runtime" inspect --format '{{.Id}}' -- "$only_container" 2>/dev/null) && [ -n "$known" ] && id=$known && break
  done
  case $id in '' | *[!A-Za-z0-9_.-]*) die "no container $only_container on this host" ;; esac
  for mount in $cgroup_mounts; do
    [ -e "$mount/cgroup.procs" ] || continue
    only_cgroup=$(find "$mount" -type d -name "*$id*" -prune 2>/dev/null | head -n 2)
    [ -z "$only_cgroup" ] || break
  done
  case $only_cgroup in
    '') die "no container $only_container on this host: no control group has it in its name" ;;
    *"$NEWLINE"*) die "several containers are called $only_container; name one in full" ;;
  esac
}

plan_line() {
  quoted "$@"
  privilege='any user'
  has_property root && [ "$user" = 0 ] && privilege='as root'
  printf '%-15s %s\n' "$name" "$line"
  space="at most $max_tool MB"
  if value_of after; then
    "$value" quoted
    printf '%-15s then %s\n' '' "$line"
    # A stack in perf.data and its text together are about 2 KB.
    space="about $((cpus * hz * seconds * 2 / 1024 + 1)) MB"
  fi
  value_of overhead
  printf '%-15s %s, %s, overhead %s, disk %s%s\n' '' "$via" "$privilege" "$value" "$space" "$(has_property whole && echo ', sees the whole host')"
}

show_plan() {
  folder=${TMPDIR:-/tmp}/coldflame
  mode=survey
  recipes
  end_tool
  choose
  waits=''
  [ -z "$heavy" ] || waits=", once the tools that load BPF programs have attached (at most $attach_wait s)"
  printf 'Would run for %s s%s:\n\n' "$seconds" "$waits"
  span=$seconds
  mode=plan wanted=" $chosen "
  recipes
  [ -z "$not_planned" ] || printf '\nWould leave out:\n\n%s' "$not_planned"
  [ -z "$for_root" ] || printf '\nAs root it would also run: %s\n' "$for_root"
  see_tracefs
  [ "$processes" != namespace ] || printf '\n%s\n' "$only_own_processes"
  [ -z "$no_tracefs" ] || printf '\nTools that trace the kernel may fail: %s\n' "$no_tracefs"
  longest=$((seconds + after_seconds + 5))
  [ -z "$heavy" ] || longest=$((longest + attach_wait))
  case " $chosen " in *' perf '* | *' perf-sched '*) longest=$((longest + after_seconds)) ;; esac
  printf '\nWould take about %s s' "$seconds"
  [ -z "$heavy" ] || printf ' and the time to attach'
  printf ', at most %s s in all.\n' "$longest"
}

# Limits that suit the room there is, where that is little.
fit_limits() {
  if [ -n "$unfinished" ] && free_in "${unfinished%/*}/" && [ "$free" -lt $((min_free * 1024)) ]; then
    die "${unfinished%/*}: less than $min_free MB free; name another place with -o or lower --min-free"
  fi
  free_in "$temporary" || return 0
  room=$((free / 1024 - min_free))
  # What lies in memory must leave some.
  case $(df -Pk "$temporary" | tail -n 1) in tmpfs*) [ "$room" -le "$memory_left" ] || room=$memory_left ;; esac
  [ "$room" -ge 8 ] || die "$temporary: less than $((min_free + 8)) MB free; set TMPDIR to another place or lower --min-free"
  [ "$max_tool" -le $((room / 4)) ] || max_tool=$((room / 4))
  [ "$max_data" -le $((room / 4)) ] || max_data=$((room / 4))
  [ "$max_after" -le $((room / 4)) ] || max_after=$((room / 4))
  [ "$max_total" -le $((room / 2)) ] || max_total=$((room / 2))
}

# Says in one line how it went, in the next where it is.
farewell() {
  [ -z "$absent" ] || printf '%s' "$absent" | while IFS= read -r line; do say "not run: $line"; done
  # What failed is said in the archive; where all did, that is not what was asked for.
  [ "$worked" = 1 ] || exit_status=1
  [ "$output" = - ] && return
  size=$(($(wc -c <"$output")))
  if [ "$size" -ge 1048576 ]; then size="$((size / 1048576)) MB"; else size="$(((size + 1023) / 1024)) KB"; fi
  say "$output: $size. Next, on any machine: coldflame analyze $output"
}

main() {
  arguments "$@"
  # 3: our standard input, for the lifeline. 4 and 5: the output of the command that is run beside the tools.
  exec 3<&0 </dev/null 5>&2
  if [ "$output" = - ]; then exec 4>&2; else exec 4>&1; fi
  folder='' unfinished='' named='' lifeline_pid='' phase='setup' stop='' stopped='' finish_by=0 deadline=0
  name='' names='' running='' ran='' endless='' afters='' leader='' retry='' bcc_works='' cgroup='' cgroup_name=''
  mode='' wanted='' surveyed='' lighter='' lean='' chosen='' light='' heavy='' waiting='' attaching='' started='' window_began='' marks_due='' owned=''
  on_the_second='' kept='' recorded='' span=$seconds attach_by=0 capture_start=0 ticks_per_second=$(getconf CLK_TCK 2>/dev/null || echo 100) by_lines=''
  no_tracefs='' untraced='' absent='' not_planned='' for_root='' narrowed='' only_comm='' processes='' worked=0 exit_status=0 drawn=0 last_left='' ended_early=0 hear_within=$((patience * 100))
  check_host
  if have stdbuf; then by_lines='stdbuf -oL'; fi
  narrow
  host_facts
  see_processes
  if [ "$plan" = 1 ]; then
    show_plan
    return
  fi
  trap leave EXIT
  trap 'on_signal INT' INT
  trap 'on_signal TERM' TERM
  trap 'on_signal HUP' HUP
  trap 'on_signal PIPE' PIPE
  trap 'on_signal lifeline' USR1
  make_folder
  start_watchdog
  reserve_archive
  start_lifeline
  fit_limits
  collect_window
  run_afters
  finish
}

collect_window() {
  offset_seconds "$(date +%z)"
  write_marks
  mode=survey
  recipes
  end_tool
  choose
  [ "$processes" != namespace ] || say "$only_own_processes"
  see_tracefs
  [ -z "$no_tracefs" ] || note "tools that trace the kernel may fail: $no_tracefs"
  to_the_second
  wall_clock
  capture_start=$now wall_start=$wall
  read_monotonic
  phase=attach attach_by=$((capture_start + attach_wait * 100)) waiting=$heavy
  # shellcheck disable=SC2086 # names of the catalogue
  start $light
  [ -n "$running$waiting$leader" ] || nothing_ran
  span="for $seconds s"
  [ -z "$leader" ] || span="until the command ends, at most $seconds s"
  say "collecting $span:$chosen; Ctrl-C ends it early and keeps what was captured"
  deadline=$attach_by
  [ -z "$stop" ] || stop_early "$stop"
  watch_tools
  now
  # Some tools take long to write what they saw: they saw it before they were told to end.
  window_end=${interrupted:-$now}
  [ -z "$leader" ] || mv "$folder/run/$leader.times" "$folder/run/$leader.command-times" 2>/dev/null
}

# Tools that print each second print on the second: then their stamps, which have no fractions, tell when.
to_the_second() {
  [ -n "$on_the_second" ] && [ "$moment" != 1 ] && [ -z "$stop" ] || return 0
  wall_clock
  case $wall in *.*) ;; *) return ;; esac
  fraction=${wall#*.}00
  fraction=${fraction%"${fraction#??}"}
  # Not 08, which is no number in octal.
  nap "$(seconds_of $((100 - ${fraction#0})))"
}

nothing_ran() {
  [ -z "$stopped" ] || exit 130
  die "nothing could be collected: ${absent%"$NEWLINE"}"
}

finish() {
  phase=finish
  wall_clock
  wall_end=$wall wall_end_at=$now
  end_strays
  monotonic_from_perf
  # Masking writes to their output.
  # shellcheck disable=SC2086 # names of the catalogue
  see_last_lines $ran
  mask_secrets
  for name in $ran; do finish_run; done
  [ -z "$untraced" ] || say "failed without tracefs:$untraced"
  closing_notes
  facts >"$folder/run/facts" 2>/dev/null
  # As a background job, which the terminal's Ctrl-C does not reach.
  (manifest | json >"$folder/out/manifest.json" 2>/dev/null) 9>&- 3<&- &
  await $! || : >"$folder/run/spoiled"
  if [ -e "$folder/run/spoiled" ]; then
    worked=0
    say 'the manifest could not be written whole: the archive has what the tools printed, and not all that is known of it'
  fi
  if ! [ -s "$folder/out/manifest.json" ] || ! write_archive; then
    die "$output: could not be written: $(complaint_in "$folder/run/pack.err")$(complaint_in "$folder/run/tar.err")"
  fi
  publish
  farewell
}

main "$@"; exit "$exit_status"
