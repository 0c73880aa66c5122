# ---------------------------------------------------------------------------------------------------------------------
# Starting the tools, seeing when each is attached, ending them.

# Starts those of $mode start that $wanted names.
start() {
  mode='start' wanted=" $* " started=''
  # How long each may need: to the end of the window, which begins when the heavy tools are attached, at the latest at $attach_by.
  now
  span=$seconds
  case $phase in
    attach) [ -z "$heavy" ] || span=$((seconds + (attach_by - now) / 100 + 1)) ;;
    window) [ -n "$leader" ] || span=$(((deadline - now + 99) / 100)) ;;
  esac
  recipes
  name='' wanted=''
}

# Starts the tool in the background, and writes down what is known of it already.
start_tool() {
  run=$folder/run/$name
  quoted "$@"
  command_line=$line
  if value_of after; then
    printf '%s\n' "$value" >"$run.after"
    "$value" quoted
    command_line="$command_line; $line"
    case " $afters " in *" $name "*) ;; *) afters="$afters $name" ;; esac
  fi
  if has_property own; then
    owned=$name
    note "$name sees the processes of $(id -un) alone; as root it would see all"
  fi
  if has_property pointers; then
    note "$name finds callers by frame pointers instead: programs built without them have none"
  fi
  if ! has_property ends; then endless="$endless $name"; fi
  if [ -n "$retry" ]; then
    read -r before <"$run.via"
    complaint=$(complaint_in "$run.err")
    # That is said of all of them at once.
    if [ -z "$no_tracefs" ] || [ "$complaint" != "$no_tracefs" ]; then
      remark "$name by $before did not work: ${complaint:-it ended with status $status}"
    fi
    rm -f "$run.err" "$run.fds"
  else
    running="$running $name" ran="$ran $name"
  fi
  started="$started $name"
  case "$attaching " in *" $name "*) ;; *) attaching="$attaching $name" ;; esac
  printf '%s\n' "$ways" >"$run.tried"
  printf '%s\n' "$via" >"$run.via"
  begin_run >"$run.json"
  now
  printf '%s\n' "$now" >"$run.start"
  limit=$max_tool stdout=$folder/out/$name.txt priority=$low
  if value_of after; then limit=$max_data; fi
  if has_property output || value_of after; then stdout=$run.stdout; fi
  if has_property leads; then priority=''; fi
  case $via in
    # Written line by line, so that it is here when the tool is killed.
    libbpf-tools) priority="$priority $by_lines" ;;
    bpftrace)
      if names_frames_slowly "$@"; then
        priority="$priority env BPFTRACE_CACHE_USER_SYMBOLS=1"
        note "$name: bpftrace before 0.19 names the frames of one process of each program; those of its others are addresses"
      fi
      ;;
  esac
  supervise "$limit" $((span + after_seconds + 5)) "$stdout" "$@"
}

# names_frames_slowly BPFTRACE…
# bpftrace before 0.19 reads the symbols of a process anew for each frame of its stacks: with large programs that takes minutes, and
# it is killed before it has printed anything. It can be told to keep them, those of the first process of each program: where
# another process of it lies elsewhere in memory, its addresses stay addresses. x86-64 alone has so many random bits that they do
# not meet.
names_frames_slowly() {
  case $* in *ustack*) ;; *) return 1 ;; esac
  [ "$(uname -m)" = x86_64 ] || return
  # bpftrace v0.17.0
  version=$("$1" --version 2>/dev/null)
  version=${version#bpftrace v0.}
  case ${version%%.*} in '' | *[!0-9]*) return 1 ;; esac
  [ "${version%%.*}" -lt 19 ]
}

# supervise MEGABYTES SECONDS OUTPUT COMMAND…
# Runs the command in the background and writes down how it ended: $run.end has the exit status and the time.
# `timeout` gives it a process group of its own, makes it hear INT (which a shell makes its background jobs ignore), and
# ends it even where this script no longer can.
supervise() {
  rm -f "$run.end" "$run.INT" "$run.KILL" "$run.pid" "$run.bound"
  printf '%s\n' "$1" >"$run.limit"
  (
    trap '' HUP TERM
    trap - PIPE USR1 EXIT
    # In blocks of 512 bytes: the kernel ends whoever writes more to a file. The user's command may, and may leave a core.
    # shellcheck disable=SC3045 # where the shell has it
    if ! has_property leads; then
      ulimit -c 0 2>/dev/null
      ulimit -f $(($1 * 2048))
      # By this end_strays knows what it started.
      export COLDFLAME_FOLDER="$folder"
    fi
    bound=''
    # By its path first: a busybox that takes its own timeout for it would leave the tool deaf to INT.
    for one in /usr/bin/timeout timeout; do
      have "$one" && bound="$one -s INT -k $((patience + 1)) $2" && : >"$run.bound" && break
    done
    stdout=$3
    shift 3
    exec 3<&- 9>&-
    if ! has_property leads; then exec 4>&- 5>&-; fi
    # shellcheck disable=SC2086 # $bound and $priority are words of our own
    $bound $priority "$@" </dev/null >"$stdout" 2>>"$run.err" &
    pid=$!
    printf '%s\n' "$pid" >"$run.pid"
    wait "$pid"
    status=$?
    # What the tool left running ends with it; what the command of the user leaves is the user's.
    if ! has_property leads; then kill -s KILL -- "-$pid" 2>/dev/null; fi
    now
    times >>"$run.times"
    printf '%s %s\n' "$status" "$now" >"$run.end"
  ) 2>/dev/null &
}

# Ends what tools left running in a session of its own, where the end of their group does not reach it.
end_strays() {
  have grep || return 0
  grep -ls "COLDFLAME_FOLDER=$folder" /proc/[0-9]*/environ 2>/dev/null >"$folder/run/strays"
  strays=''
  while IFS=/ read -r _ _ stray _; do
    kill -s KILL "$stray" 2>/dev/null && strays="$strays $stray"
  done <"$folder/run/strays"
  [ -z "$strays" ] || note "ended what tools had left running: processes$strays"
}

# Sets $tool_pid to the process of the tool itself, which may run under `timeout`.
tool_pid() {
  # The supervisor may not have written it yet.
  read -r tool_pid 2>/dev/null <"$folder/run/$1.pid" || return 1
  [ -e "$folder/run/$1.bound" ] || return 0
  child=''
  # One line without its end: read fails, and has read it.
  read -r child _ 2>/dev/null <"/proc/$tool_pid/task/$tool_pid/children"
  tool_pid=${child:-$tool_pid}
}

# Sets $ticks to the CPU time of the tool itself, $ticks_of_children to that of processes it has waited for.
cpu_ticks() {
  tool_pid "$1" && read -r words 2>/dev/null <"/proc/$tool_pid/stat" || return
  # shellcheck disable=SC2086 # the fields are numbers
  set -- ${words##*)}
  ticks=$((${12} + ${13})) ticks_of_children=$((${14} + ${15}))
}

# signal_tools SIGNAL NAME…
# INT for the tool alone: bcc's tools print when they hear it, and what they are printing is lost when they hear it twice. Our own
# programs, which are several processes, hear it all.
signal_tools() {
  signal=$1
  shift
  for one; do
    [ -s "$folder/run/$one.end" ] && continue
    # The next tick comes again.
    tool_pid "$one" || continue
    whom=$tool_pid
    read -r via <"$folder/run/$one.via"
    case $signal:$via in
      KILL:* | *:proc) read -r whom <"$folder/run/$one.pid" && whom=-$whom ;;
    esac
    kill -s "$signal" -- "$whom" 2>/dev/null || kill -s "$signal" "$tool_pid" 2>/dev/null
    echo >>"$folder/run/$one.$signal"
  done
}

signal_all() {
  # shellcheck disable=SC2086 # names of the catalogue
  signal_tools "$1" $running
}

# Some tools end before they are attached, because this kernel lacks what they attach to: the next way may work. Fails where
# there is none.
try_next_way() {
  run=$folder/run/$1
  read -r status ended <"$run.end"
  [ "$status" != 0 ] || [ ! -s "$folder/out/$1.txt" ] || return
  read -r start_time <"$run.start"
  [ ! -e "$run.attached" ] || [ $((ended - start_time)) -lt 500 ] || return
  [ -z "$stop" ] && [ ! -e "$run.INT" ] && [ "$leader" != "$1" ] || return
  case $phase in
    attach) ;;
    window) [ $((deadline - now)) -gt 100 ] || return ;;
    *) return 1 ;;
  esac
  retry=$1
  start "$1"
  retry=''
  [ -n "$started" ]
}

# Looks which of $attaching are attached by now. The classic tools and our own programs have then printed something. Of perf and
# of what uses BPF the kernel tells: the process holds what is attached as open files, and no more of them than a moment ago.
see_attached() {
  before=$attaching attaching=''
  for one in $before; do
    run=$folder/run/$one
    [ ! -s "$run.end" ] || continue
    read -r via <"$run.via"
    case $via in
      classic | proc)
        if [ -s "$folder/out/$one.txt" ]; then
          written_at "$folder/out/$one.txt"
          is_attached "$printed_at"
          continue
        fi
        ;;
      *)
        if holds_all; then
          is_attached "$seen"
          continue
        fi
        ;;
    esac
    attaching="$attaching $one"
  done
}

# Whether the tool holds all that it will; sets $seen to when it first did. What the files are is looked at when their number has
# changed, and now and then: that costs two processes, which perf gives up for where it records this user's and one of them ends
# while it starts.
holds_all() {
  if [ "$one" = "$owned" ]; then
    read -r start_time <"$run.start"
    [ $((now - start_time)) -ge 150 ] || return 1
  fi
  tool_pid "$one" || return 1
  was='' held='' polls='' seen=''
  [ -e "$run.fds" ] && read -r was held polls seen <"$run.fds"
  set -- "/proc/$tool_pid/fd"/*
  if [ "$#" != "$was" ] || { [ "$held" = 0 ] && [ $((polls % 4)) = 3 ]; }; then
    # shellcheck disable=SC2010 # paths of our own
    held=$(ls -l "/proc/$tool_pid/fd" 2>/dev/null | grep -c -e 'anon_inode:.*perf_event' -e 'anon_inode:bpf.link' -e 'anon_inode:bpf-raw-tracepoint')
    printf '%s %s 0 %s\n' "$#" "$held" "$now" >"$run.fds"
    return 1
  fi
  [ "$held" -gt 0 ] && is_settled && return
  printf '%s %s %s %s\n' "$was" "$held" $((polls + 1)) "$seen" >"$run.fds"
  return 1
}

# Between two probes a tool of bcc's may take longer than we take to look again, but it prints its banner or heading when it has
# attached them all: then, or, where it prints none (folded stacks), when it has held no more of them for two seconds. bpftrace holds
# some before the first of its probes: as many as it has announced ("Attaching 3 probes..."), or none more for two seconds, for
# newer ones attach many at once.
is_settled() {
  [ "$polls" -lt 10 ] || return 0
  read -r via <"$run.via"
  case $via in
    bcc)
      [ -s "$folder/out/$one.txt" ] || return 1
      written_at "$folder/out/$one.txt"
      if [ "${seen:-0}" -lt "$printed_at" ]; then seen=$printed_at; fi
      ;;
    bpftrace)
      announced=''
      [ ! -s "$folder/out/$one.txt" ] || read -r _ announced _ <"$folder/out/$one.txt"
      case $announced in '' | *[!0-9]*) return 1 ;; esac
      [ "$held" -ge "$announced" ]
      ;;
  esac
}

# is_attached MOMENT: writes down when, and the CPU time that it took.
is_attached() {
  printf '%s\n' "$1" >"$run.attached"
  cpu_ticks "$one" || return 0
  printf '%s\n' $(((ticks + ticks_of_children) * 100 / ticks_per_second)) >"$run.attaching"
}

# Sets $printed_at to when the file was last written to, which is when it was first where it was empty a moment ago. Fails, and sets it
# to now, where that is not known.
written_at() {
  printed_at=$now
  written=$(date -r "$1" +%s.%N 2>/dev/null)
  case $written in '' | *[!0-9.]*) return 1 ;; esac
  hundredths=${written#*.}
  hundredths=${hundredths%"${hundredths#??}"}
  wall_hundredths=${wall_start#*.}00
  wall_hundredths=${wall_hundredths%"${wall_hundredths#??}"}
  since=$(((${written%.*} - ${wall_start%.*}) * 100 + ${hundredths#0} - ${wall_hundredths#0}))
  # Not what somebody who set the clock makes of it.
  [ "$since" -ge 0 ] && [ $((capture_start + since)) -le "$now" ] && printed_at=$((capture_start + since))
}

# Starts the next of the heavy tools, as long as what is attaching would not take more than two seconds of each CPU: one of bcc's
# tools a CPU at a time, or ten of libbpf-tools.
start_heavy() {
  busy=0
  for one in $attaching; do
    price_of "$one"
    busy=$((busy + compiling))
  done
  while [ -n "$waiting" ] && [ -z "$stop" ]; do
    # shellcheck disable=SC2086 # names of the catalogue
    set -- $waiting
    next=$1
    shift
    price_of "$next"
    busy=$((busy + compiling))
    [ "$busy" -le $((${cpus:-1} * 200)) ] || return 0
    waiting=$*
    start "$next"
  done
}
