# ---------------------------------------------------------------------------------------------------------------------
# Setting up: a private folder, and the promise that it goes away.

set -u
# The user's own command, where there is one, runs as it would without us: `write_surroundings` gives this back to it.
changed='PATH LC_ALL LANG S_TIME_FORMAT S_COLORS TERM COLUMNS PYTHONUNBUFFERED PERF_PAGER PAGER'
users_umask=$(umask)
for variable in $changed; do
  eval "users_$variable=\${$variable-} has_$variable=\${$variable+1}"
done

umask 077
unset CDPATH IFS
# Ordinary users seldom have the sbin folders, where half of the tools are.
PATH=${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The tools' plain English, ISO times and no colour, whatever the user's locale is.
LC_ALL=C LANG=C S_TIME_FORMAT=ISO S_COLORS=never TERM=dumb COLUMNS=512
# What bcc's tools print is wanted when they print it, not a buffer later.
PYTHONUNBUFFERED=1
export PATH LC_ALL LANG S_TIME_FORMAT S_COLORS TERM COLUMNS PYTHONUNBUFFERED
unset PERF_PAGER PAGER
TAB='	'
NEWLINE='
'

say() {
  [ "$progress" = quiet ] || printf '%s\n' "$*" >&2
}

# A fault that the person can mend: one sentence, and the end.
die() {
  printf 'coldflame: %s\n' "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Hundredths of a second since boot, in $now. Builtins alone, and no clock that somebody can set.
now() {
  read -r now _ </proc/uptime
  now=${now%.*}${now#*.}
}

# 1234 → 12.34
seconds_of() {
  printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

# Sets $wall to the wall clock and $now to when that was; on a host too busy to start a process at once, the best of three.
wall_clock() {
  least=''
  for attempt in 1 2 3; do
    now
    asked=$now
    answer=$(date +%s.%N)
    case $answer in *[!0-9.]*) answer=$(date +%s) ;; esac
    now
    if [ -z "$least" ] || [ $((now - asked)) -lt "$least" ]; then
      least=$((now - asked)) wall=$answer wall_at=$now
    fi
    [ "$least" -gt 2 ] || break
  done
  now=$wall_at wall_doubt=$least
}

# When the process started, in $start_time: the 22nd field of /proc/PID/stat, the 20th after the name, which may hold
# spaces and parentheses.
start_time_of() {
  read -r start_time <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # the fields are numbers
  set -- ${start_time##*)}
  start_time=${20}
}

check_host() {
  [ -r /proc/uptime ] || die 'this host has no /proc: only Linux can be collected from'
  for needed in tar awk sed od tr date mktemp mkfifo sleep du df find id wc head tail; do
    have "$needed" || die "this host has no $needed, which collecting needs"
  done
  # In blocks of 512 or 1024 bytes; where it is reached, the shell itself is killed.
  case $(ulimit -f) in
    unlimited) ;;
    *) [ "$(ulimit -f)" -ge 64 ] || die 'this shell may write next to nothing to a file (ulimit -f); raise that limit' ;;
  esac
  user=$(id -u)
  # Tools run at low priority: they must not take the CPU and the disk from what they watch.
  low='' lowest=''
  have nice && low='nice -n 5' lowest='nice -n 19'
  if have ionice && ionice -c 2 -n 7 true 2>/dev/null; then
    low="$low ionice -c 2 -n 7" lowest="$lowest ionice -c 3"
  fi
  # How long to wait where something is about to end; sleep takes no fractions everywhere.
  moment=1
  sleep 0.01 2>/dev/null && moment=0.1
}

# A run that was killed outright leaves its folder (and its unfinished archive) behind: the next run removes it.
# The folder's name says whose it is: pid namespace, pid, and when that process started.
remove_stale() {
  for stale in "$temporary"/coldflame."$namespace".*; do
    # Ours alone, and no link that somebody else left there.
    [ -n "$(find "$stale" -prune -type d -user "$user" 2>/dev/null)" ] || continue
    rest=${stale##*/coldflame."$namespace".}
    owner=${rest%%.*} rest=${rest#*.}
    start_time_of "$owner" 2>/dev/null && [ "$start_time" = "${rest%%.*}" ] && continue
    if [ -f "$stale/unfinished" ]; then
      IFS= read -r left_over <"$stale/unfinished"
      case $left_over in */.coldflame.*.part) rm -f -- "$left_over" ;; esac
    fi
    rm -rf -- "$stale"
    say "removed what an earlier run that was killed left in $stale"
  done
}

# $folder
#   out/         what goes into the archive
#   run/         per tool: its pid, how it ended, what it said on stderr
#   NAME.data    what perf records
#   surroundings what the user's command gets back
#   unfinished   where the archive is being built
make_folder() {
  temporary=${TMPDIR:-/tmp}
  [ -w "$temporary/." ] || die "$temporary: not a folder that can be written to; set TMPDIR to one"
  namespace=0
  if have readlink && [ -h /proc/self/ns/pid ]; then
    namespace=$(readlink /proc/self/ns/pid | tr -cd 0-9)
    # By a wrong name no later run would find the folder.
    [ -n "$namespace" ] || die 'no process can be started; raise the limit of processes (ulimit -u)'
  fi
  remove_stale
  start_time_of $$
  folder=$(mktemp -d "$temporary/coldflame.$namespace.$$.$start_time.XXXXXX" 2>/dev/null) ||
    die "$temporary: cannot make a folder there; set TMPDIR to another place"
  mkdir "$folder/out" "$folder/run" || die "$folder: cannot be written to"
  write_surroundings >"$folder/surroundings"
}

# What `collect -- COMMAND` gives back to the command, as shell code in a file: a command line would show it to everybody.
write_surroundings() {
  printf 'umask %s\n' "$users_umask"
  for variable in $changed; do
    eval "value=\$users_$variable has=\$has_$variable"
    # shellcheck disable=SC2154 # given by eval
    if [ -n "$has" ]; then
      quoted "$value"
      printf 'export %s=%s\n' "$variable" "$line"
    else
      printf 'unset %s\n' "$variable"
    fi
  done
}

# Another process that only waits for this one to end. However it ends, the pipe closes: then whatever is still there
# of it goes. It is in a session of its own, so that what ends the whole terminal does not end it as well.
start_watchdog() {
  mkfifo "$folder/alive" || die "$folder: cannot make a pipe there"
  # 9 keeps the pipe open as long as this process lives; no child may inherit it.
  exec 9<>"$folder/alive"
  exec 8<"$folder/alive"
  alone=''
  have setsid && alone=setsid
  $alone sh -c '
    read -r _
    [ -d "$1" ] || exit 0
    for pass in 1 2; do
      for file in "$1"/run/*.pid; do
        read -r pid <"$file" && { kill -s KILL -- "-$pid" || kill -s KILL "$pid"; }
      done
      sleep 1
    done
    IFS= read -r unfinished <"$1/unfinished" && rm -f -- "$unfinished"
    rm -rf -- "$1"
  ' coldflame-watchdog "$folder" <&8 >/dev/null 2>&1 3<&- 4>&- 5>&- 8<&- 9>&- &
  exec 8<&-
}

# Where the archive is built: beside its final name, so that a rename completes it.
reserve_archive() {
  [ "$output" = - ] && return
  case $output in
    '') output=$PWD/capture.tar named=0 ;;
    /*) named=1 ;;
    *) output=$PWD/$output named=1 ;;
  esac
  [ -d "$output" ] && die "$output: a folder; name a file with -o"
  # Root would put a file in the place of /dev/null.
  [ -e "$output" ] && [ ! -f "$output" ] && die "$output: a device or a pipe; name a file with -o (-o - is standard output)"
  if [ -e "$output" ] && [ "$named" = 1 ] && [ "$force" = 0 ]; then
    printf 'coldflame: %s is there already; --force replaces it, -o names another\n' "$output" >&2
    exit 2
  fi
  # A name that nobody guesses, and nothing that is there already: a link of somebody else's is not written through.
  unfinished=${output%/*}/.coldflame.${folder##*.}.part
  printf '%s\n' "$unfinished" >"$folder/unfinished"
  (set -C && : >"$unfinished") 2>/dev/null || {
    unfinished=''
    output=${output%/*}
    die "${output:-/}: cannot be written to; name another place with -o"
  }
}

# On every way out but KILL; the watchdog does the same for that one.
leave() {
  left_with=$?
  trap '' INT TERM HUP PIPE USR1
  trap - EXIT
  [ -n "$lifeline_pid" ] && kill "$lifeline_pid" 2>/dev/null
  if [ -n "$folder" ]; then
    signal_all KILL
    for file in "$folder"/run/marks-*.pid; do
      read -r pid 2>/dev/null <"$file" && kill -s KILL -- "-$pid" 2>/dev/null
    done
    [ -n "$unfinished" ] && rm -f -- "$unfinished"
    rm -rf -- "$folder"
  fi
  exit "$left_with"
}

# The first signal ends the tools and keeps what there is, all within five seconds; the second keeps nothing.
on_signal() {
  now
  if [ -n "$stopped" ]; then
    # One Ctrl-C may come twice, from the terminal and from whoever started this.
    { [ $((now - stopped)) -lt 50 ] || [ "$1" = lifeline ]; } && return
    printf 'coldflame: stopped again: nothing is kept\n' >&2
    exit 130
  fi
  stopped=$now
  finish_by=$((now + 350))
  case $1 in
    lifeline) stop_early 'whoever waited for the archive went away' ;;
    *) stop_early "stopped by $1" ;;
  esac
}

# Ends the window now; what runs after it may take two more seconds.
stop_early() {
  [ -z "$stop" ] && stop=$1
  case $phase in
    attach | window) deadline=$now ended_early=1 hear_within=150 ;;
    after) [ "$deadline" -gt $((now + 200)) ] && deadline=$((now + 200)) ;;
  esac
}

# Where the run hangs on somebody else (an ssh connection, the coldflame that started it), our stdin closes when they
# go: that ends the run as a signal would.
start_lifeline() {
  [ "$lifeline" = 1 ] || return 0
  (
    trap - INT TERM HUP PIPE USR1 EXIT
    read -r _ <&3
    kill -s USR1 $$
  ) >/dev/null 2>&1 4>&- 5>&- 9>&- &
  lifeline_pid=$!
}

# Waits without making a signal wait for the end of the sleep.
nap() {
  sleep "$1" 3<&- 4>&- 5>&- 9>&- &
  wait $!
}

# Waits for a background job through whatever signals come meanwhile.
await() {
  while :; do
    wait "$1"
    awaited=$?
    [ "$awaited" -gt 128 ] && kill -0 "$1" 2>/dev/null || return "$awaited"
    now
    [ -n "$stopped" ] && [ "$now" -gt $((finish_by + 100)) ] && kill "$1" 2>/dev/null
  done
}
