# ---------------------------------------------------------------------------------------------------------------------
# Setting up: a private folder, and the promise that it goes away.

set -u
umask 077
unset CDPATH IFS
# Ordinary users seldom have the sbin folders, where half of the tools are.
PATH=${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The tools' plain English, ISO times and no colour, whatever the user's locale is.
LC_ALL=C LANG=C S_TIME_FORMAT=ISO S_COLORS=never TERM=dumb COLUMNS=512
export PATH LC_ALL LANG S_TIME_FORMAT S_COLORS TERM COLUMNS
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

# Hundredths of a second since boot. Builtins alone, and no clock that somebody can set.
now() {
  read -r now _ </proc/uptime
  now=${now%.*}${now#*.}
}

# 1234 → 12.34
seconds_of() {
  printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

wall_clock() {
  wall=$(date +%s.%N)
  case $wall in *[!0-9.]*) wall=$(date +%s) ;; esac
}

# The 22nd field of /proc/PID/stat: when the process started. The name in the 2nd may hold spaces and parentheses.
start_time_of() {
  read -r start_time <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # the fields are numbers
  set -- ${start_time##*)}
  start_time=${20}
}

check_host() {
  [ -r /proc/uptime ] || die 'this host has no /proc: only Linux can be collected from'
  for needed in tar awk sed od tr date mktemp mkfifo sleep du df; do
    have "$needed" || die "this host has no $needed, which collecting needs"
  done
  user=$(id -u)
  # Tools run at low priority: they must not take the CPU and the disk from what they watch.
  low='' lowest=''
  have nice && low='nice -n 10' lowest='nice -n 19'
  if have ionice && ionice -c 2 -n 7 true 2>/dev/null; then
    low="$low ionice -c 2 -n 7" lowest="$lowest ionice -c 3"
  fi
  # A short wait where sleep takes fractions.
  moment=1
  sleep 0.01 2>/dev/null && moment=0.1
}

# Which pid namespace this is: a process id means nothing in another.
pid_namespace() {
  namespace=$(readlink /proc/self/ns/pid 2>/dev/null || echo 0)
  namespace=$(printf '%s' "$namespace" | tr -cd 0-9)
}

# A run that was killed outright leaves its folder (and its unfinished archive) behind: the next run removes it.
remove_stale() {
  for folder in "$temporary"/coldflame."$namespace".*; do
    # Ours alone, and no link that somebody else left there.
    [ -n "$(find "$folder" -prune -type d -user "$user" 2>/dev/null)" ] || continue
    rest=${folder##*/coldflame."$namespace".}
    owner=${rest%%.*} rest=${rest#*.}
    start_time_of "$owner" 2>/dev/null && [ "$start_time" = "${rest%%.*}" ] && continue
    unfinished=''
    [ -f "$folder/unfinished" ] && IFS= read -r unfinished <"$folder/unfinished"
    case $unfinished in */.coldflame.*.part) rm -f -- "$unfinished" ;; esac
    rm -rf -- "$folder"
    say "removed what an earlier run that was killed left in $folder"
  done
}

# $folder
#   out/    what goes into the archive
#   run/    per tool: its pid, how it ended, its stderr
make_folder() {
  temporary=${TMPDIR:-/tmp}
  [ -w "$temporary/." ] || die "$temporary: not a folder that can be written to; set TMPDIR to one"
  pid_namespace
  remove_stale
  start_time_of $$
  folder=$(mktemp -d "$temporary/coldflame.$namespace.$$.$start_time.XXXXXX") || die "$temporary: cannot make a folder there"
  mkdir "$folder/out" "$folder/run" || die "$folder: cannot be written to"
}

# Another process that only waits for this one to end. However it ends, the pipe closes: then whatever is still there
# of it goes. It is in a session of its own, so that what ends the whole terminal does not end it as well.
start_watchdog() {
  mkfifo "$folder/alive" || die "$folder: cannot make a pipe there"
  alone=''
  have setsid && alone=setsid
  # shellcheck disable=SC2016 # for the inner shell
  $alone sh -c '
    read -r _ <"$1/alive"
    [ -d "$1" ] || exit 0
    for pass in 1 2; do
      for file in "$1"/run/*.pid; do
        read -r pid <"$file" && { kill -s KILL -- "-$pid" || kill -s KILL "$pid"; }
      done
      sleep 1
    done
    IFS= read -r unfinished <"$1/unfinished" && rm -f -- "$unfinished"
    rm -rf -- "$1"
  ' coldflame-watchdog "$folder" </dev/null >/dev/null 2>&1 &
  exec 9>"$folder/alive"
}

# Where the archive is built, beside its final name so that a rename completes it.
reserve_archive() {
  unfinished=''
  [ "$output" = - ] && return
  case $output in /*) ;; *) output=$PWD/$output ;; esac
  [ -d "$output" ] && die "$output: a folder; name a file with -o"
  unfinished=${output%/*}/.coldflame.$$.part
  printf '%s\n' "$unfinished" >"$folder/unfinished"
  (: >"$unfinished") 2>/dev/null || {
    unreserved=${output%/*} unfinished=''
    die "${unreserved:-/}: cannot be written to; name another place with -o"
  }
}

# On every way out but KILL; the watchdog does the same for that one.
leave() {
  status=$?
  trap '' INT TERM HUP PIPE
  trap - EXIT
  if [ -n "${folder:-}" ] && [ -d "$folder" ]; then
    signal_all KILL
    [ -n "$unfinished" ] && rm -f -- "$unfinished"
    rm -rf -- "$folder"
  fi
  [ -n "${lifeline_pid:-}" ] && kill "$lifeline_pid" 2>/dev/null
  exit "$status"
}

# The first signal ends the tools and keeps what there is; the second keeps nothing.
on_signal() {
  if [ -n "$stop" ] && [ "$hurry" = 1 ]; then
    printf 'coldflame: stopped; nothing was kept\n' >&2
    exit 130
  fi
  stop="stopped by $1" hurry=1
  now
  finish_by=$((now + 350))
}

# Where the run hangs on somebody else (an ssh connection, the coldflame that started it), our stdin closes when they
# go: that ends the run as a signal would.
start_lifeline() {
  [ "$lifeline" = 1 ] || return 0
  (
    trap - INT TERM HUP PIPE EXIT
    read -r _ <&3
    kill -s HUP $$
  ) 9>&- >/dev/null 2>&1 &
  lifeline_pid=$!
}
