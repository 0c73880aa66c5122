# ---------------------------------------------------------------------------------------------------------------------

usage() {
  printf 'usage: sh %s [-o FILE|-] [--plan] [--quiet]\n' "${0##*/}"
}

arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      -o) [ $# -gt 1 ] || { usage >&2; exit 2; }
        output=$2
        shift
        ;;
      --plan) plan=1 ;;
      --quiet) progress=quiet ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; exit 2 ;;
    esac
    shift
  done
  [ "$progress" = auto ] && { if [ -t 2 ]; then progress='tty'; else progress=plain; fi; }
  return 0
}

plan_line() {
  quoted "$@"
  after=$(property "then")
  printf '%-16s %s  (%s%s, overhead %s)\n' "$name" "$line" "$via" "$(has_property root && echo ', as root')" "$(property overhead)"
  [ -n "$after" ] && "$after" quoted && printf '%-16s then %s\n' '' "$line"
  return 0
}

# What some tools leave in a file is turned into text now that the window is over: perf script.
run_afters() {
  running=''
  for name in $afters; do
    run=$folder/run/$name
    if [ -s "$folder/$name.data" ]; then
      mv "$run.end" "$run.recorded" 2>/dev/null
      mv "$run.times" "$run.recorded.times" 2>/dev/null
      rm -f "$run.INT" "$run.KILL" "$run.pid"
      read -r after <"$run.then"
      "$after" start_after
      running="$running $name"
    fi
  done
  [ -n "$running" ] || return
  now
  deadline=$((now + after_seconds * 100))
  [ "$hurry" = 1 ] && deadline=$((finish_by - 150))
  endless=$running
  stop='' ended_early=0
  watch_tools
}

start_after() {
  low=$lowest
  supervise "$name" "$max_script" "$((after_seconds + 10))" "$folder/out/$name.txt" "$@"
}

main() {
  arguments "$@"
  exec 3<&0 </dev/null
  folder='' unfinished='' lifeline_pid='' stop='' hurry=0
  name='' names='' running='' active='' endless='' afters='' absent='' bcc_works='' leader=''
  shown=0 last_left='' ended_early=0 patience=300
  check_host
  host_facts
  if [ "$plan" = 1 ]; then
    recipes
    end_tool
    return
  fi
  trap leave EXIT
  trap 'on_signal INT' INT
  trap 'on_signal TERM' TERM
  trap 'on_signal HUP' HUP
  trap 'on_signal PIPE' PIPE
  make_folder
  start_watchdog
  reserve_archive
  start_lifeline

  offset_seconds "$(date +%z)"
  now
  capture_start=$now
  wall_clock
  wall_start=$wall
  monotonic=$(seconds_of "$capture_start")
  recipes
  end_tool
  [ -n "$running" ] || die "nothing to collect: $(nothing_ran)"
  ran=$running
  now
  deadline=$((now + seconds * 100))
  watch_tools
  run_afters
  wall_clock
  wall_end=$wall
  now
  capture_end=$now
  for name in $ran; do finish_run; done
  manifest | json >"$folder/out/manifest.json"
  write_archive
  say "$output"
}

main "$@"; exit
