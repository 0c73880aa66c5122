# ---------------------------------------------------------------------------------------------------------------------
# While the tools run: limits, and a line for whoever waits.

# Waits until every tool has ended: by itself, by INT when the window is over ($deadline), or by KILL where it does not
# hear that.
watch_tools() {
  interrupted=''
  while :; do
    now
    forget_ended
    [ -n "$running" ] || break
    if [ "$now" -lt "$deadline" ]; then
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

# INT to what does not end by itself, a second later to all; then KILL. A window that was ended early interrupts all.
end_window() {
  [ -n "$interrupted" ] || interrupted=$now
  late=$((now - interrupted))
  for one in $running; do
    case " $endless " in
      *" $one "*) grace=0 ;;
      *) grace=100 ;;
    esac
    [ "$ended_early" = 1 ] && grace=0
    if [ "$late" -ge "$hear_within" ]; then
      [ -e "$folder/run/$one.KILL" ] || signal_tools KILL "$one"
    elif [ "$late" -ge "$grace" ]; then
      [ -e "$folder/run/$one.INT" ] || signal_tools INT "$one"
    fi
  done
  # A supervisor that does not answer even then is not waited for.
  [ "$late" -ge $((hear_within + 200)) ] && running=''
  return 0
}

# To the next second of the window, or to its end.
pause() {
  time_left=$((deadline - now))
  if [ "$moment" != 1 ] && [ "$time_left" -lt 100 ]; then
    nap "$(seconds_of "$time_left")"
  else
    nap 1
  fi
}

# What stops a capture early, with what there is. Every other second: looking costs a few processes.
check_limits() {
  ticks=$((ticks + 1))
  [ "$phase" = window ] && [ $((ticks % 2)) = 1 ] || return 0
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
