# ---------------------------------------------------------------------------------------------------------------------
# Finding the tools.

# `recipes` goes through the tools with one of three aims ($mode): survey finds the way that each would be run, plan prints it,
# start runs it; plan and start take the tools in $wanted alone.

# tool NAME [named]: what follows are the ways to run it, best first. named: the user asked for it by its name.
tool() {
  end_tool
  name=$1 named=${2:-}
  taken='' why='' installs='' ways=0 tried=0
  case $mode in
    survey) names="$names $name" ;;
    *)
      case " $wanted " in *" $name "*) ;; *) taken=none ;; esac
      # The second time round: from the way after the one that was tried.
      [ "$retry" != "$name" ] || read -r tried 2>/dev/null <"$folder/run/$name.tried"
      ;;
  esac
}

# After the last way of a tool: when none was taken, say why.
end_tool() {
  if [ "$mode" = survey ] && [ -n "$name" ] && [ -z "$taken" ]; then
    if [ -n "$why" ]; then
      not_run skipped "$why"
    else
      not_run missing "not on this host${installs:+: install $installs}"
    fi
  fi
  name=''
}

# way VIA 'PROPERTIES' COMMAND…: one way to run the tool. The first that the host has and that is permitted is taken; of a tool of
# bcc's it is noted in $lighter whether the host has it in libbpf-tools too (see take_lighter).
# Properties: root (needs it), ends (by itself, with the window), interval=N (seconds between reports), overhead=CLASS,
# needs=PATH (the host must have it), paranoid=N (open to ordinary users up to this perf_event_paranoid),
# after=FUNCTION (turns what it recorded into text, after the window), output (its answer is in a file, not on stdout),
# leads (the capture ends with it), own (sees this user's processes alone), whole (sees the whole host, though the capture
# is narrowed), without=TOOL (not beside that one), install=PACKAGE.
way() {
  ways=$((ways + 1))
  [ -z "$taken" ] || [ "$mode:$taken:$1" = survey:bcc:libbpf-tools ] || return
  [ "$ways" -le "$tried" ] || [ -n "$stop" ] && return
  via=$1 properties=" $2 "
  case $lean in *" $name "*) [ "$via" != bcc ] || return ;; esac
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
  if [ "$taken" = bcc ]; then
    lighter="$lighter $name "
    taken=$via
    return
  fi
  taken=$via
  case $mode in
    survey) survey ;;
    plan) plan_line "$@" ;;
    start) start_tool "$@" ;;
  esac
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

# Where the kernel lists its tracepoints and takes probes. It is mounted on most hosts, and not on all small ones.
see_tracefs() {
  if [ "$user" != 0 ] || [ -z "$heavy" ] || [ -e /sys/kernel/tracing/events ] || [ -e /sys/kernel/debug/tracing/events ]; then return; fi
  no_tracefs='tracefs is not mounted (mount -t tracefs tracefs /sys/kernel/tracing)'
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
