# ---------------------------------------------------------------------------------------------------------------------
# Finding and starting the tools.

# tool NAME: what follows are the ways to run it, best first.
tool() {
  end_tool
  name=$1
  taken='' why='' installs='' ways=0 tried=0
  if [ -n "$retry" ]; then
    # The second time round: only what failed at once, from the way after the one that was tried.
    [ "$name" = "$retry" ] || taken=1
    read -r tried 2>/dev/null <"$folder/run/$name.tried"
  else
    names="$names $name"
  fi
}

# After the last way of a tool: when none was taken, say why.
end_tool() {
  if [ -n "$name" ] && [ -z "$taken" ] && [ -z "$retry" ]; then
    if [ -n "$why" ]; then
      not_run skipped "$why"
    else
      not_run missing "not on this host${installs:+: install $installs}"
    fi
  fi
  name=''
}

# way VIA 'PROPERTIES' COMMAND…: one way to run the tool. The first that the host has and that is permitted is taken.
# Properties: root (needs it), ends (by itself, with the window), interval=N (seconds between reports), overhead=CLASS,
# needs=PATH (the host must have it), paranoid=N (open to ordinary users up to this perf_event_paranoid),
# after=FUNCTION (turns what it recorded into text, after the window), output (its answer is in a file, not on stdout),
# leads (the capture ends with it), own (sees this user's processes alone), whole (sees the whole host, though the capture
# is narrowed), install=PACKAGE.
way() {
  ways=$((ways + 1))
  [ -n "$taken" ] || [ "$ways" -le "$tried" ] || [ -n "$stop" ] && return
  via=$1 properties=" $2 "
  shift 2
  find_command "$via" "$1" || {
    value_of install
    case $installs in *"$value"*) ;; *) installs="$installs${installs:+ or }$value" ;; esac
    return
  }
  shift
  set -- "$found" "$@"
  for property in $properties; do
    case $property in
      needs=*) [ -e "${property#*=}" ] || {
        because "this host has no ${property#*=}"
        return
      } ;;
    esac
  done
  permitted || {
    because 'needs root'
    case " $for_root " in *" $name "*) ;; *) for_root="$for_root${for_root:+ }$name" ;; esac
    return
  }
  case $via in bcc | bpftrace)
    room_for_compiler || {
      because 'too little memory is free'
      return
    }
    ;;
  esac
  taken=1
  if [ "$plan" = 1 ]; then plan_line "$@"; else launch "$@"; fi
}

because() {
  case $why in *"$via: $1"*) ;; *) why="$why${why:+; }$via: $1" ;; esac
}

# Sets $value to that of one of $properties; fails without it.
value_of() {
  value=''
  case $properties in
    *" $1="*) value=${properties#*" $1="} value=${value%% *} ;;
    *) return 1 ;;
  esac
}

has_property() {
  case $properties in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

permitted() {
  [ "$user" = 0 ] && return
  has_property root || return 0
  # Not by `read`, which asks for a byte at a time: this file gives its first alone.
  value_of paranoid && paranoid=$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null) && [ "${paranoid:-9}" -le "$value" ]
}

# bcc and bpftrace bring a compiler each; together they may have half of what memory is free.
room_for_compiler() {
  memory_left=$((memory_left - 200))
  [ "$memory_left" -gt 0 ]
}

# Sets $found to where the host has the command: the first of its places that is the kind of file that it should be.
find_command() {
  places_of "$1" "$2"
  for place in $places; do
    found=$(command -v "${place#*:}") || continue
    case $place in
      script:*) is_script "$found" && bcc_can_run && return ;;
      binary:*) is_script "$found" || return 0 ;;
      *) return 0 ;;
    esac
  done
  return 1
}

# Whether the file begins with #!; sets $interpreter to what follows.
is_script() {
  [ -x "$1" ] && read -r interpreter 2>/dev/null <"$1" || return 1
  case $interpreter in '#!'*) interpreter=${interpreter#'#!'} ;; *) return 1 ;; esac
}

# The bcc tools are Python, with their library in a package of its own, and compile against the kernel's headers.
# Asked once.
bcc_can_run() {
  if [ -z "$bcc_works" ]; then
    bcc_works=no
    # shellcheck disable=SC2086 # "/usr/bin/env python3" is two words
    if $interpreter -c 'import sys, importlib.util; sys.exit(importlib.util.find_spec("bcc") is None)' </dev/null >/dev/null 2>&1; then
      bcc_works='no headers'
      has_kernel_headers && bcc_works=yes
    fi
  fi
  [ "$bcc_works" = 'no headers' ] && because "the kernel's headers are not installed"
  [ "$bcc_works" = yes ]
}

has_kernel_headers() {
  headers=/lib/modules/$(uname -r)/build
  [ -e "$headers/Kconfig" ] || [ -e "$headers/Makefile" ] || [ -e /sys/kernel/kheaders.tar.xz ] || modprobe -n kheaders 2>/dev/null
}

# Sets $line to the command line as a person would type it, with files of $folder by their names alone.
quoted() {
  line=''
  for word; do
    case $word in
      "$folder"/out/*) word=${word#"$folder/out/"} ;;
      "$folder"/*) word=${word#"$folder/"} ;;
    esac
    case $word in
      '' | *[!A-Za-z0-9_./:=,@%+-]*)
        rest=$word word=''
        while case $rest in *"'"*) ;; *) false ;; esac do
          word="$word${rest%%"'"*}'\\''" rest=${rest#*"'"}
        done
        word="'$word$rest'"
        ;;
    esac
    line="$line${line:+ }$word"
  done
}

# Starts the tool in the background, and writes down what is known of it already.
launch() {
  run=$folder/run/$name
  quoted "$@"
  command_line=$line
  if value_of after; then
    printf '%s\n' "$value" >"$run.after"
    "$value" quoted
    command_line="$command_line; $line"
    case " $afters " in *" $name "*) ;; *) afters="$afters $name" ;; esac
  fi
  if has_property leads; then leader=$name; fi
  if has_property own; then note "$name sees the processes of $(id -un) alone; as root it would see all"; fi
  if ! has_property ends; then endless="$endless $name"; fi
  if [ -n "$retry" ]; then
    read -r before <"$run.via"
    note "$name by $before did not work: $(complaint_in "$run.err")"
    rm -f "$run.err"
    launched=1
  else
    running="$running $name" ran="$ran $name"
  fi
  printf '%s\n' "$ways" >"$run.tried"
  printf '%s\n' "$via" >"$run.via"
  begin_run >"$run.json"
  now
  printf '%s\n' "$now" >"$run.start"
  limit=$max_tool stdout=$folder/out/$name.txt priority=$low
  if value_of after; then limit=$max_data; fi
  if has_property output || value_of after; then stdout=$run.stdout; fi
  if has_property leads; then priority=''; fi
  supervise "$limit" $((seconds + patience + 5)) "$stdout" "$@"
}

# supervise MEGABYTES SECONDS OUTPUT COMMAND…
# Runs the command in the background and writes down how it ended: $run.end has the exit status and the time.
# `timeout` gives it a process group of its own, makes it hear INT (which a shell makes its background jobs ignore), and
# ends it even where this script no longer can.
supervise() {
  rm -f "$run.end" "$run.INT" "$run.KILL" "$run.pid"
  printf '%s\n' "$1" >"$run.limit"
  (
    trap '' HUP TERM
    trap - PIPE USR1 EXIT
    # In blocks of 512 bytes: the kernel ends whoever writes more to a file. The user's command may, and may leave a core.
    # shellcheck disable=SC3045 # where the shell has it
    if ! has_property leads; then ulimit -c 0 2>/dev/null; ulimit -f $(($1 * 2048)); fi
    bound=''
    # By its path first: a busybox that takes its own timeout for it would leave the tool deaf to INT.
    for one in /usr/bin/timeout timeout; do
      have "$one" && bound="$one -s INT -k $((patience + 1)) $2" && break
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

# signal_tools SIGNAL NAME…
signal_tools() {
  signal=$1
  shift
  for one; do
    [ -s "$folder/run/$one.end" ] && continue
    # The supervisor may not have written it yet; the next tick comes again.
    read -r pid 2>/dev/null <"$folder/run/$one.pid" || continue
    kill -s "$signal" -- "-$pid" 2>/dev/null || kill -s "$signal" "$pid" 2>/dev/null
    : >"$folder/run/$one.$signal"
  done
}

signal_all() {
  # shellcheck disable=SC2086 # names of the catalogue
  signal_tools "$1" $running
}

# Some tools end at once because this kernel lacks what they attach to: the next way may work. Fails where there is none.
try_next_way() {
  run=$folder/run/$1
  read -r status ended <"$run.end"
  read -r started <"$run.start"
  [ "$status" != 0 ] || [ ! -s "$folder/out/$1.txt" ] || return
  [ $((ended - started)) -lt 500 ] && [ $((deadline - now)) -gt 100 ] || return
  [ "$phase" = window ] && [ -z "$stop" ] && [ ! -e "$run.INT" ] && [ "$leader" != "$1" ] || return
  retry=$1 name='' launched=''
  recipes
  retry='' name=''
  [ -n "$launched" ]
}
