# ---------------------------------------------------------------------------------------------------------------------
# While the tools run: limits, and a line for whoever waits.

# Waits until every tool has ended: by itself, by INT when the window is over ($deadline), or by KILL where it does not
# hear that.
watch_tools() {
  interrupted=0
  shown=0
  while :; do
    now
    still_running
    [ -z "$active" ] && break
    if [ -z "$stop" ] && [ "$now" -lt "$deadline" ]; then
      check_limits
      show_progress
      pause
      continue
    fi
    end_window
    show_progress
    nap "$moment"
  done
  clear_progress
}

# Escalates: INT to what does not end by itself, a second later to all, two more seconds later KILL.
end_window() {
  if [ "$interrupted" = 0 ]; then
    interrupted=$now
    [ "$now" -lt "$deadline" ] && ended_early=1
    # shellcheck disable=SC2086 # names of the catalogue
    if [ "$ended_early" = 1 ]; then signal_tools INT $active; else signal_tools INT $endless; fi
  fi
  late=$((now - interrupted))
  for one in $active; do
    [ "$late" -ge 100 ] && [ ! -e "$folder/run/$one.INT" ] && signal_tools INT "$one"
    [ "$late" -ge "$patience" ] && [ ! -e "$folder/run/$one.KILL" ] && signal_tools KILL "$one"
  done
  # A supervisor that does not answer even then is not waited for.
  [ "$late" -ge $((patience + 300)) ] && running=''
  return 0
}

# Sets $active to the tools that have not ended.
still_running() {
  active=''
  for one in $running; do
    if [ ! -s "$folder/run/$one.end" ]; then
      active="$active $one"
    elif [ "$one" = "$leader" ]; then
      stop=${stop:-"the command ended"}
    fi
  done
}

# Waits without making a signal wait for the end of the sleep.
nap() {
  sleep "$1" 9>&- &
  wait $!
}

# To the next whole second of the window, or to its end.
pause() {
  left=$((deadline - now))
  if [ "$moment" != 1 ] && [ "$left" -lt 100 ]; then
    nap "$(seconds_of "$left")"
  else
    nap 1
  fi
}

# What stops a capture early, with what there is.
check_limits() {
  [ "$max_load" != 0 ] && {
    read -r load _ </proc/loadavg
    load=${load%.*}${load#*.}
    [ "${load#0}" -gt "$((max_load * 100))" ] && stop="the load went above $max_load"
  }
  # Kilobytes collected, and free where they and the archive lie.
  used=$(du -sk "$folder" 2>/dev/null)
  used=${used%%"$TAB"*}
  [ "$used" -gt $((max_total * 1024)) ] && stop="the output went above $max_total MB"
  free_space "$temporary" && [ "$free" -lt $((min_free * 1024)) ] && stop="less than $min_free MB is free in $temporary"
  [ -n "$unfinished" ] && free_space "${unfinished%/*}/" && [ "$free" -lt $((min_free * 1024 + used)) ] &&
    stop="less than $min_free MB would be free in ${unfinished%/*} with the archive"
  [ -n "$stop" ] && note "$stop"
  return 0
}

# Sets $free to the kilobytes free in the folder.
free_space() {
  free=$(df -Pk "$1" 2>/dev/null | { read -r _; read -r _ _ _ kilobytes _ && echo "$kilobytes"; })
  case $free in '' | *[!0-9]*) return 1 ;; esac
}

# On a terminal: a line per tool that is redrawn; elsewhere a line every ten seconds.
show_progress() {
  [ "$progress" = quiet ] && return
  left=$(((deadline - now + 99) / 100))
  [ "$left" -lt 0 ] && left=0
  # shellcheck disable=SC2086 # names of the catalogue
  set -- $active
  if [ "$progress" = plain ]; then
    [ "$left" != "$last_left" ] && [ $((left % 10)) = 0 ] && printf '%3d s left: %s\n' "$left" "$*" >&2
    last_left=$left
    return
  fi
  clear_progress
  more=$(($# - 12))
  for one; do
    [ "$shown" = 12 ] && break
    printf '%3d s left  %s\n' "$left" "$one" >&2
    shown=$((shown + 1))
  done
  [ "$more" -gt 0 ] && printf '            and %d more\n' "$more" >&2 && shown=$((shown + 1))
  return 0
}

clear_progress() {
  [ "$progress" = tty ] && [ "$shown" -gt 0 ] && printf '\033[%dA\033[J' "$shown" >&2
  shown=0
}
