# ---------------------------------------------------------------------------------------------------------------------
# Finding and starting the tools.

# tool NAME: what follows are the ways to run it, best first.
tool() {
  end_tool
  name=$1
  names="$names $name"
  taken='' why='' installs=''
}

# After the last way of a tool: when none was taken, say why.
end_tool() {
  [ -n "$name" ] && [ -z "$taken" ] && {
    if [ -n "$why" ]; then not_run skipped "$why"; else not_run missing "not on this host; install $installs"; fi
  }
  name=''
}

# way VIA 'PROPERTIES' COMMAND…: one way to run the tool. The first that the host has and that is permitted is taken.
# Properties: root (needs it), ends (by itself, with the window), interval=N, overhead=CLASS, needs=PATH (the host must
# have it), paranoid=N (open to ordinary users up to this perf_event_paranoid), then=FUNCTION (run after the window),
# data (the command leaves a file for it), output (its answer is in a file, not on stdout), leads (the capture ends with
# it), install=PACKAGE.
way() {
  [ -n "$taken" ] && return
  via=$1 properties=" $2 "
  shift 2
  find_command "$via" "$1" || {
    installs="$installs${installs:+ or }$(property install)"
    return
  }
  shift
  set -- "$found" "$@"
  for property in $properties; do
    case $property in
      needs=*) [ -e "${property#*=}" ] || { because "this host has no ${property#*=}"; return; } ;;
    esac
  done
  permitted || { because 'needs root'; return; }
  case $via in bcc | bpftrace) room_for_compiler || { because 'the host has too little memory left'; return; } ;; esac
  taken=1
  if [ "$plan" = 1 ]; then plan_line "$@"; else launch "$@"; fi
}

because() {
  why="$why${why:+; }$via: $1"
}

# The value of one of $properties; empty without it.
property() {
  case $properties in
    *" $1="*) value=${properties#*" $1="} && printf '%s' "${value%% *}" ;;
  esac
}

has_property() {
  case $properties in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

permitted() {
  [ "$user" = 0 ] && return
  has_property root || return 0
  allowed=$(property paranoid)
  [ -n "$allowed" ] && read -r paranoid 2>/dev/null </proc/sys/kernel/perf_event_paranoid && [ "$paranoid" -le "$allowed" ]
}

# bcc and bpftrace bring a compiler each; together they may have half of what memory is free.
room_for_compiler() {
  [ "$plan" = 1 ] && return 0
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
  [ -x "$1" ] && read -r interpreter <"$1" 2>/dev/null || return 1
  case $interpreter in '#!'*) interpreter=${interpreter#'#!'} ;; *) return 1 ;; esac
}

# The bcc tools are Python, with their library in a package of its own, and compile against the kernel's headers.
# Asked once.
bcc_can_run() {
  if [ -z "$bcc_works" ]; then
    bcc_works=no
    # shellcheck disable=SC2086 # "/usr/bin/env python3" is two words
    $interpreter -c 'import sys, importlib.util; sys.exit(importlib.util.find_spec("bcc") is None)' </dev/null >/dev/null 2>&1 &&
      has_kernel_headers && bcc_works=yes
  fi
  [ "$bcc_works" = yes ]
}

has_kernel_headers() {
  [ -e "/lib/modules/$(uname -r)/build/Kconfig" ] || [ -e "/lib/modules/$(uname -r)/build/Makefile" ] ||
    [ -e /sys/kernel/kheaders.tar.xz ] || modprobe -n kheaders 2>/dev/null || {
    because "the kernel's headers are not installed"
    return 1
  }
}

# The command line as a person would type it.
quoted() {
  line=''
  for word; do
    case $word in
      '' | *[!A-Za-z0-9_./:=,@%+-]*)
        rest=$word word=''
        while case $rest in *"'"*) true ;; *) false ;; esac; do
          word="$word${rest%%"'"*}'\\''" rest=${rest#*"'"}
        done
        word="'$word$rest'"
        ;;
    esac
    line="$line${line:+ }$word"
  done
}

# Starts the tool in the background under a supervisor, which writes down how it ended: $folder/run/NAME.end has the
# exit status and the time. `timeout` gives the tool a process group of its own, makes it hear INT (which a shell makes
# its background jobs ignore), and ends it even where this script no longer can.
launch() {
  quoted "$@"
  command_line=$line
  after=$(property "then")
  [ -n "$after" ] && {
    "$after" quoted
    command_line="$command_line; $line"
    afters="$afters $name"
    printf '%s\n' "$after" >"$folder/run/$name.then"
  }
  has_property leads && leader=$name
  stdout=$folder/out/$name.txt
  has_property output && stdout=$folder/run/$name.stdout
  now
  begin_run >"$folder/run/$name.json"
  printf '%s\n' "$now" >"$folder/run/$name.start"
  has_property ends || endless="$endless $name"
  limit=$max_tool
  has_property data && limit=$max_data
  supervise "$name" "$limit" "$((seconds + 10))" "$stdout" "$@"
  running="$running $name"
}

# supervise NAME MEGABYTES SECONDS OUTPUT COMMAND…
supervise() {
  (
    trap '' HUP TERM PIPE
    trap - EXIT
    run=$folder/run/$1 out=$4
    # shellcheck disable=SC3045 # where the shell has it
    ulimit -c 0 2>/dev/null
    # In blocks of 512 bytes: the kernel ends what writes more to a file.
    ulimit -f $(($2 * 2048))
    bound=''
    have timeout && bound="timeout -s INT -k 3 $3"
    shift 4
    # shellcheck disable=SC2086 # $bound and $low are words of our own
    $bound $low "$@" </dev/null >"$out" 2>>"$run.err" 9>&- 3<&- &
    pid=$!
    printf '%s\n' "$pid" >"$run.pid"
    wait "$pid"
    status=$?
    now
    times >"$run.times"
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
