# ---------------------------------------------------------------------------------------------------------------------
# While the tools run: limits, and a line for whoever waits.

# Waits until every tool has ended: by itself, by INT when the window is over ($deadline), or by KILL where it does not
# hear that.
watch_tools() {
  interrupted='' next_check=0 next_drawn=0 own_time=0
  while :; do
    now
    turn_began=$now
    own_time
    own_before=$own_time
    forget_ended
    case $phase in attach | window) attach_tools ;; esac
    [ -n "$running$waiting" ] || break
    if [ "$phase" = attach ] || [ "$now" -lt "$deadline" ]; then
      check_limits
      show_progress
      pause
    else
      end_window
      show_progress
      nap "$moment"
    fi
  done
  clear_progress
}

# Takes the tools that have ended from $running.
forget_ended() {
  remaining=''
  for one in $running; do
    if [ ! -s "$folder/run/$one.end" ] || try_next_way "$one"; then
      remaining="$remaining $one"
    elif [ "$one" = "$leader" ] && [ "$phase" = window ]; then
      stop_early 'the command ended'
    fi
  done
  running=$remaining
}

# The window begins when all that was to attach is attached, or has had its time. What comes later is late.
attach_tools() {
  [ -z "$attaching" ] || see_attached
  if [ "$phase" = attach ]; then
    start_heavy
    if [ -n "$stop" ]; then
      waiting='' phase=window
    elif ! is_awaited || [ "$now" -ge "$attach_by" ]; then
      begin_window
    fi
    return
  fi
  # A second before the end, where the window is longer than that.
  if [ -n "$marks_due" ] && [ $((deadline - now)) -le 120 ]; then
    marks_due=''
    leave_marks 2
  fi
  if [ -n "$waiting" ]; then
    # Of the window a third at least must be left to a tool.
    if [ $(((deadline - now) * 3)) -gt $((seconds * 100)) ]; then
      start_heavy
    else
      too_late
    fi
  fi
}

# Whether there are tools that the window waits for.
is_awaited() {
  [ -z "$waiting" ] || return 0
  for one in $attaching; do
    case " $heavy " in *" $one "*) return 0 ;; esac
  done
  return 1
}

begin_window() {
  phase=window
  now
  window_began=$now deadline=$((now + seconds * 100))
  [ -z "$leader" ] || start "$leader"
  take_stock began
  leave_marks 1
  [ "$seconds" -lt 5 ] || marks_due=1
  [ "$progress" != plain ] || [ -z "$heavy" ] || say "the window begins, $(seconds_of $((window_began - capture_start))) s after the start"
}

# leave_marks NUMBER
# Does things that are harmless and easily known again, at moments that are written down: the report finds them among what the
# tools saw, and knows how far the clock of each is off, and that it was attached. Nobody waits for them: on a sick disk an
# fsync may never come back.
leave_marks() {
  [ "$marks" = 1 ] || return 0
  : >"$folder/coldflame-mark-$1"
  now
  (
    trap - INT TERM HUP PIPE USR1 EXIT
    bound=''
    have timeout && bound="timeout -s KILL 5"
    # shellcheck disable=SC2086 # words of our own
    exec $bound sh "$folder/marks" "coldflame-mark-$1" "$now"
  ) </dev/null >/dev/null 2>&1 3<&- 4>&- 5>&- 9>&- &
  printf '%s\n' $! >"$folder/run/marks-$1.pid"
}

write_marks() {
  cat >"$folder/marks" <<'MARKS'
# sh marks WORD BEGAN: started at BEGAN, hundredths of a second since boot.
mark=$1 began=$2 folder=${0%/*}
now() {
  read -r now _ </proc/uptime
  now=${now%.*}${now#*.}
}
left() {
  printf '%s %s %s %s %s\n' "$1" "$began" "$2" "$3" "$4" >>"$folder/run/marks"
}
now
left exec "$now" $$ "$mark"
began=$now
cat "$folder/$mark" &
wait $!
now
left open "$now" $! "$mark"
if command -v nc; then
  port=$((20000 + $$ % 10000))
  { timeout 3 nc -l 127.0.0.1 $port || timeout 3 nc -l -p $port; } </dev/null &
  sleep 0.2 || sleep 1
  now
  began=$now
  timeout 2 nc 127.0.0.1 $port </dev/null &
  wait $!
  now
  left connect "$now" $! 127.0.0.1:$port
fi
now
began=$now
dd if=/dev/zero of="$folder/$mark" bs=4096 count=1 conv=fsync &
left fsync - $! "$mark"
wait $!
now
left fsync "$now" $! "$mark"
MARKS
}

too_late() {
  for name in $waiting; do not_run skipped "the window was over before it could be attached; a longer --attach-wait gives it time"; done
  name='' waiting=''
}

# INT to what does not end by itself, a second later to all; then KILL. Where the window waited for tools, or was ended early, no
# tool can know when it ends: INT to all. What has not attached by then has nothing to print.
end_window() {
  if [ -z "$interrupted" ]; then
    # shellcheck disable=SC2086 # names of the catalogue
    see_last_lines $running
    # Last, for that takes long on a busy host, and the tools run on.
    [ "$phase" != window ] || take_stock ended
    now
    interrupted=$now
  fi
  lateness=$((now - interrupted))
  for one in $running; do
    case " $endless " in
      *" $one "*) grace=0 ;;
      *) grace=100 ;;
    esac
    [ "$ended_early" = 1 ] && grace=0
    [ -z "$heavy" ] || grace=0
    if [ "$lateness" -ge $((hear_within / 2)) ] && [ ! -e "$folder/run/$one.half" ] && cpu_ticks "$one"; then
      printf '%s\n' "$ticks" >"$folder/run/$one.half"
    fi
    case " $attaching " in *" $one "*) signal_unattached "$one" ;; esac
    if [ "$lateness" -ge "$hear_within" ] && ! is_at_work "$one"; then
      [ -e "$folder/run/$one.KILL" ] || signal_tools KILL "$one"
    elif [ "$lateness" -ge "$grace" ]; then
      if [ ! -e "$folder/run/$one.INT" ] || missed_int "$one"; then signal_tools INT "$one"; fi
    fi
  done
  # A supervisor that does not answer even then is not waited for.
  longest=$((hear_within + 200))
  if [ "$ended_early" = 0 ] && [ "$phase" = window ]; then longest=$((after_seconds * 100 + 200)); fi
  [ "$lateness" -ge "$longest" ] && running=''
  return 0
}

# see_last_lines NAME…
# Writes down when the tools that print again and again did so last, before some hear INT and print a summary. With the time of the
# first line it tells how long their intervals really were.
see_last_lines() {
  for one; do
    read -r via <"$folder/run/$one.via"
    case $via in classic | proc) ;; *) continue ;; esac
    if [ ! -s "$folder/out/$one.txt" ] || [ -e "$folder/run/$one.printed" ]; then continue; fi
    now
    written_at "$folder/out/$one.txt" && printf '%s\n' "$printed_at" >"$folder/run/$one.printed"
  done
}

# Whether a tool that was to have ended is still writing what it saw: naming thousands of stacks takes long on a busy host. It has the
# time that perf script has, where it took CPU time of its own in the second half of its patience, unless somebody wants the end now.
is_at_work() {
  [ "$ended_early" = 0 ] && [ "$phase" = window ] && [ "$lateness" -lt $((after_seconds * 100)) ] || return
  [ -s "$folder/run/$1.half" ] && read -r at_half <"$folder/run/$1.half" && cpu_ticks "$1" && [ $((ticks - at_half)) -ge 2 ]
}

# Whether the tool has missed INT. One in Python that was in a callback of bcc's each time says so, and goes on. bpftrace waits for
# events a tenth of a second at a time, and ends where INT breaks off a wait (poll_perf_events): where it gets no CPU before the tenth
# is over, as on a busy host, the wait just ends, INT is forgotten, and it waits again.
missed_int() {
  read -r via <"$folder/run/$1.via"
  case $via in
    bpftrace) awaits_events "$1" ;;
    *)
      grep -q '^Exception ignored on calling ctypes callback' "$folder/run/$1.err" 2>/dev/null || return
      missed=$(grep -c '^Exception ignored on calling ctypes callback' "$folder/run/$1.err")
      [ "$missed" -ge "$(($(wc -l <"$folder/run/$1.INT")))" ]
      ;;
  esac
}

# Whether bpftrace sleeps in epoll_wait (do_epoll_wait, ep_poll in older kernels) and holds its probes still. One that has heard INT
# lets go of them before it waits for the last events, and once it prints, another INT would end it at once.
awaits_events() {
  was='' asleep_in=''
  read -r was _ 2>/dev/null <"$folder/run/$1.fds" && tool_pid "$1" || return
  # One line without its end: read fails, and has read it.
  read -r asleep_in 2>/dev/null <"/proc/$tool_pid/wchan"
  case $asleep_in in *epoll* | *ep_poll*) ;; *) return 1 ;; esac
  set -- "/proc/$tool_pid/fd"/*
  [ "$#" -ge "$was" ]
}

signal_unattached() {
  case " $heavy " in
    *" $1 "*)
      : >"$folder/run/$1.unattached"
      signal_tools KILL "$1"
      ;;
  esac
}

# To the next second of the window, or to its end; shorter while tools attach.
pause() {
  now
  time_left=$((deadline - now))
  # Looking may have taken longer than that.
  [ "$time_left" -gt 0 ] || return 0
  if [ "$moment" = 1 ]; then
    nap 1
  elif is_awaited || { [ -n "$attaching" ] && [ $((now - capture_start)) -lt 300 ]; }; then
    # A slow host is not made slower by looking, which takes a fifth of the time at most: of CPU time, for most of a turn may be
    # waiting for a CPU.
    wait_for=$((now - capture_start < 1000 ? 20 : now - capture_start < 3000 ? 50 : 90))
    # Nor may a sleep of this user end while perf starts that records their processes.
    case " $attaching " in *" $owned "*) [ -z "$owned" ] || wait_for=200 ;; esac
    looking=$((now - turn_began))
    if own_time && [ $((own_time - own_before)) -lt "$looking" ]; then looking=$((own_time - own_before)); fi
    if [ $((looking * 4)) -gt "$wait_for" ]; then wait_for=$((looking * 4)); fi
    if [ "$wait_for" -gt "$time_left" ]; then wait_for=$time_left; fi
    nap "$(seconds_of "$wait_for")"
  elif [ "$time_left" -lt 100 ] && [ "$phase" != attach ]; then
    nap "$(seconds_of "$time_left")"
  else
    nap 1
  fi
}

# Sets $own_time to hundredths of a CPU second that this shell has taken, and the processes that it has waited for.
own_time() {
  read -r words 2>/dev/null <"/proc/$$/stat" || return
  # shellcheck disable=SC2086 # the fields are numbers
  set -- ${words##*)}
  own_time=$(((${12} + ${13} + ${14} + ${15}) * 100 / ticks_per_second))
}

# What stops a capture early, with what there is. Every other second: looking costs a few processes.
check_limits() {
  [ "$phase" != after ] && [ "$now" -ge "$next_check" ] || return 0
  next_check=$((now + 200))
  reached=''
  if [ "$max_load" != 0 ]; then
    read -r load _ </proc/loadavg
    load=${load%.*}${load#*.}
    [ "${load#0}" -gt $((max_load * 100)) ] && reached="the load average went above $max_load"
  fi
  kilobytes_in "$folder"
  [ "$kilobytes" -gt $((max_total * 1024)) ] && reached="the output went above $max_total MB"
  free_in "$temporary" && [ "$free" -lt $((min_free * 1024)) ] && reached="less than $min_free MB is free in $temporary"
  # The archive needs as much again where it is written.
  [ -n "$unfinished" ] && free_in "${unfinished%/*}/" && [ "$free" -lt $((min_free * 1024 + kilobytes)) ] &&
    reached="with the archive less than $min_free MB would be free in ${unfinished%/*}"
  [ -n "$reached" ] && stop_early "$reached"
  return 0
}

# Sets $kilobytes to what the folder holds.
kilobytes_in() {
  kilobytes=$(du -sk "$1" 2>/dev/null)
  kilobytes=${kilobytes%%"$TAB"*}
  kilobytes=${kilobytes:-0}
}

# Sets $free to the kilobytes free where the folder is.
free_in() {
  free=$(df -Pk "$1" 2>/dev/null)
  free=${free##*"$NEWLINE"}
  # /dev/sda1 264212084 21090408 74410856 23% /: the word before the share; names may hold spaces.
  # shellcheck disable=SC2086 # words
  set -- 0 0 ${free%%% /*}
  shift $(($# - 2))
  free=$1
  case $free in '' | *[!0-9]*) return 1 ;; esac
}

# On a terminal a line per tool, drawn again each second; elsewhere a line every ten seconds, where it is known how many
# are left: a command ends when it ends.
show_progress() {
  [ "$progress" = quiet ] && return
  [ "$now" -ge "$next_drawn" ] || return 0
  next_drawn=$((now + 90))
  time_left=$(((deadline - now + 99) / 100))
  [ "$time_left" -gt 0 ] || time_left=0
  # shellcheck disable=SC2086 # names of the catalogue
  set -- $running
  if [ "$progress" = plain ]; then
    [ "$phase" = window ] && [ -z "$leader" ] && [ "$time_left" != "$last_left" ] && [ $((time_left % 10)) = 0 ] && [ "$time_left" != 0 ] &&
      printf '%4d s left: %s\n' "$time_left" "$*" >&2
    last_left=$time_left
    return
  fi
  clear_progress
  state="$time_left s left"
  [ "$phase" = attach ] && state=attaching
  [ -n "$leader" ] && state='until the command ends'
  [ "$time_left" = 0 ] && state='ending'
  [ "$phase" = after ] && state="writing its stacks as text, at most $time_left s more"
  for one; do
    [ "$drawn" = 12 ] && break
    printf '%-16s %s\n' "$one" "$state" >&2
    drawn=$((drawn + 1))
  done
  if [ $# -gt 12 ]; then
    printf 'and %d more\n' $(($# - 12)) >&2
    drawn=$((drawn + 1))
  fi
}

clear_progress() {
  [ "$drawn" -gt 0 ] && printf '\033[%dA\033[J' "$drawn" >&2
  drawn=0
}
