# ---------------------------------------------------------------------------------------------------------------------
# What is known of each run, and how it is written down: as JSON, whatever bytes it holds.

# JSON is written as a stream in which strings stand between NUL bytes; `json` escapes them, whatever bytes they hold.
# What could not be written is remembered: it may be a piece in the middle.
raw() {
  printf '%s' "$*" || : >"$folder/run/spoiled"
}
string() {
  printf '\0%s\0' "$1" || : >"$folder/run/spoiled"
}
number() {
  case $1 in '' | *[!0-9.-]*) raw null ;; *) raw "$1" ;; esac
}

# Reads that stream, writes JSON of ASCII alone: what is no UTF-8 becomes U+FFFD.
json() {
  { od -An -v -tu1 || : >"$folder/run/spoiled"; } | awk '
    function text(code) {
      if (code == 34 || code == 92) return "\\" sprintf("%c", code)
      if (code == 10) return "\\n"
      if (code >= 32 && code < 127) return sprintf("%c", code)
      if (code < 65536) return sprintf("\\u%04x", code)
      code -= 65536
      return sprintf("\\u%04x\\u%04x", 55296 + int(code / 1024), 56320 + code % 1024)
    }
    function broken() { missing = 0; return text(65533) }
    function begin(byte, more, least, bits) { missing = more; lowest = least; code = byte - bits; return "" }
    function take(byte) {
      if (missing && (byte < 128 || byte > 191)) return broken() take(byte)
      if (byte < 128) return text(byte)
      if (byte < 192) {
        if (!missing) return broken()
        code = code * 64 + byte - 128
        if (--missing) return ""
        if (code < lowest || code > 1114111 || (code >= 55296 && code < 57344)) return broken()
        return text(code)
      }
      if (byte < 194) return broken()
      if (byte < 224) return begin(byte, 1, 128, 192)
      if (byte < 240) return begin(byte, 2, 2048, 224)
      if (byte < 248) return begin(byte, 3, 65536, 240)
      return broken()
    }
    {
      line = ""
      for (i = 1; i <= NF; i++) {
        if ($i == 0) { line = line (quoting && missing ? broken() : "") "\""; quoting = !quoting }
        else if (quoting) line = line take($i + 0)
        else line = line sprintf("%c", $i + 0)
      }
      printf "%s", line
    }
    END { print "" }'
}

# What the report should say about this capture as a whole.
note() {
  remark "$*"
  clear_progress
  say "$*"
}

# The same, where nobody at the terminal has to know.
remark() {
  printf '%s\n' "$*" >>"$folder/run/notes"
}

# The part of a run that is known when it starts.
begin_run() {
  raw '{"tool":'
  string "$name"
  raw ',"via":'
  string "$via"
  raw ',"command":'
  string "$command_line"
  value_of interval
  raw ',"interval":'
  number "$value"
}

# not_run OUTCOME REASON
not_run() {
  if [ "$plan" = 1 ]; then
    not_planned="$not_planned$name: $2$NEWLINE"
    return
  fi
  {
    raw '{"tool":'
    string "$name"
    raw ',"via":"","command":"","interval":null,"started":null,"ended":null,"attached":null,"late":false,"status":null,"bytes":0,"pids":[],'
    raw '"cpu":null,"cpuAttaching":null,"cpuInWindow":null,"file":null,"stderr":"","outcome":'
    string "$1"
    raw ',"reason":'
    string "$2"
    raw '}'
  } >"$folder/run/$name.json"
  absent="$absent$name: $2$NEWLINE"
}

# The rest of a run, when it has ended.
finish_run() {
  run=$folder/run/$name
  status='' ended=''
  [ -s "$run.end" ] && read -r status ended <"$run.end"
  read -r started <"$run.start"
  file=$name.txt bytes=0
  # Of a record that is there as text the text is the answer.
  [ -s "$folder/out/$file" ] || [ ! -s "$folder/out/perf/$name.data" ] || file=perf/$name.data
  [ -f "$folder/out/$file" ] && bytes=$(($(wc -c <"$folder/out/$file")))
  last_printed=''
  [ -s "$run.printed" ] && read -r last_printed <"$run.printed"
  judge
  read_costs
  {
    raw ',"started":'
    raw "$(seconds_of $((started - capture_start)))"
    raw ',"ended":'
    moment "$ended"
    raw ',"attached":'
    moment "$attached"
    raw ',"lastPrinted":'
    moment "$last_printed"
    raw ',"late":'
    raw "$late"
    raw ',"status":'
    number "$status"
    raw ',"bytes":'
    raw "$bytes"
    raw ',"pids":['
    raw "$pids"
    raw '],"cpu":'
    hundredths "$cpu"
    raw ',"cpuAttaching":'
    hundredths "$cpu_attaching"
    raw ',"cpuInWindow":'
    hundredths "$cpu_in_window"
    raw ',"file":'
    if [ "$bytes" -gt 0 ]; then string "$file"; else raw null; fi
    raw ',"stderr":'
    printf '\0'
    [ -s "$run.err" ] && excerpt "$run.err"
    printf '\0'
    raw ',"outcome":'
    string "$outcome"
    raw ',"reason":'
    string "$reason"
    raw '}'
  } >>"$run.json"
  if [ "$outcome" != failed ]; then
    worked=1
  elif [ -n "$no_tracefs" ] && [ "$reason" = "$no_tracefs" ]; then
    untraced="$untraced $name"
  else
    say "$(printf %s "$name failed: $reason" | tr -d '\000-\037\177')"
  fi
  if [ "$outcome" = cut ]; then say "$name was cut: $reason"; fi
  note_losses
}

# Seconds since the capture started, of hundredths since boot.
moment() {
  if [ -n "$1" ]; then raw "$(seconds_of $(($1 - capture_start)))"; else raw null; fi
}

hundredths() {
  if [ -n "$1" ]; then raw "$(seconds_of "$1")"; else raw null; fi
}

# When the tool was attached, its processes, and what it cost, in hundredths of a CPU second; empty where that is not known.
read_costs() {
  attached='' late=false pids='' cpu='' cpu_attaching='' cpu_in_window=''
  [ -s "$run.attached" ] && read -r attached <"$run.attached"
  case " $heavy " in
    *" $name "*)
      if [ -n "$attached" ] && [ -n "$window_began" ] && [ $((attached - window_began)) -gt 20 ]; then
        late=true
        note "$name was attached $(seconds_of $((attached - window_began))) s after the window began"
      fi
      ;;
  esac
  at_begin=0 at_end='' seen=''
  [ -s "$run.began" ] && read -r at_begin seen <"$run.began"
  pids=$seen
  [ -s "$run.ended" ] && read -r at_end seen <"$run.ended"
  for pid in $seen; do
    case " $pids " in *" $pid "*) ;; *) pids="$pids $pid" ;; esac
  done
  pids=$(printf '%s' "${pids# }" | tr -s ' ' ,)
  [ -s "$run.attaching" ] && read -r cpu_attaching <"$run.attaching"
  # What the user's command took is not the tool's.
  [ "$name" != "$leader" ] || return 0
  [ -s "$run.times" ] && cpu=$(children_times "$run.times")
  [ -n "$window_began" ] || return 0
  # What ended before the window did was not seen at its end.
  [ -n "$at_end" ] || at_end=$cpu
  [ -z "$ended" ] || [ "$ended" -ge "$window_began" ] || at_end=0
  [ -z "$at_end" ] || cpu_in_window=$((at_end > at_begin ? at_end - at_begin : 0))
}

# Whether the tool did what it was asked, from how it ended: $outcome and $reason.
judge() {
  outcome=ok reason=''
  complaint=$(complaint_in "$run.err")
  read -r limit <"$run.limit"
  if [ -s "$run.why" ]; then
    outcome='cut'
    read -r reason <"$run.why"
  elif [ "$status" = 153 ]; then
    outcome='cut' reason="its output reached $limit MB: what came later is not here"
  elif [ -e "$run.unattached" ] && [ "$bytes" = 0 ]; then
    outcome=failed reason='it was not attached when the window ended; a longer --attach-wait gives it time'
  elif [ "$status" = 137 ] || [ -z "$status" ]; then
    outcome='cut' reason='it did not stop at the end of the window, and was killed'
  # Who follows and is interrupted before there was anything to print has done its part: dmesg -w of a log that was cleared.
  elif [ "$status" = 130 ] && [ -e "$run.INT" ] && [ "$bytes" = 0 ] && [ -z "$complaint" ]; then
    reason='it printed nothing'
  # Some end with a status of their own choice when they are interrupted, or when their time is over.
  elif [ "$status" != 0 ] && { [ "$bytes" = 0 ] || { [ -n "$complaint" ] && [ ! -e "$run.INT" ]; }; }; then
    outcome=failed reason=${complaint:-"it ended with status $status"}
  elif [ "$bytes" = 0 ] && [ -n "$complaint" ]; then
    outcome=failed reason=$complaint
  elif [ "$bytes" = 0 ]; then
    reason='it printed nothing'
  fi
}

# Where a tool says why it gave up: the last line that speaks of a fault, else the last with a word in it. No reason is perf's
# warning that somebody else has ended ("Ignored open failure for pid 8556"), its heading "Error:", or bpftrace's warning that it may
# lock no more memory ("ERROR: Unknown error -1: couldn't set RLIMIT_MEMLOCK for bpftrace. If your program is not loading, …").
# Without tracefs whoever names a tracepoint or a file of it failed for that. The program is one line, for it runs while others are
# traced: execsnoop prints arguments as they are, line ends included.
complaint_in() {
  [ -s "$1" ] || return
  # libbpf: failed to determine tracepoint 'syscalls/sys_enter_execve' perf event ID: No such file or directory
  # create_probe_event: open(/sys/kernel/tracing/kprobe_events): No such file or directory
  if [ -n "$no_tracefs" ] && grep -q -e 'tracepoint' -e '/tracing/' "$1"; then
    printf %s "$no_tracefs"
    return
  fi
  faults='[Ee]rror|ERROR|[Ff]ail|[Cc]annot|[Uu]nable|[Dd]enied|[Nn]ot |[Nn]o such|Exception|[Ii]nvalid|[Uu]nknown'
  tail -c 4000 "$1" | tr -d '\000\r' | awk '/Ignored open failure/ || /^Error: *$/ || /set RLIMIT_MEMLOCK for bpftrace/ { next } /[A-Za-z]/ { last = $0 } $0 ~ faults { fault = $0 } END { if (fault != "") last = fault; gsub(/^[ \t]+/, "", last); print substr(last, 1, 300) }' faults="$faults"
}

# Lost events and throttling, where a tool says so on stderr; what it says on stdout is in its file.
note_losses() {
  [ -s "$run.err" ] || return
  tr -d '\000\r' <"$run.err" | awk -v name="$name" '
    tolower($0) ~ /lost|dropped|throttl/ && !/(^|[^0-9])0 (lost|dropped)|lost 0/ && shown++ < 3 { print name ": " substr($0, 1, 300) }
  ' >>"$folder/run/notes"
}

# The file, or its beginning and end where it is long.
excerpt() {
  size=$(wc -c <"$1")
  if [ "$size" -le 8192 ]; then
    tr -d '\000' <"$1"
  else
    head -c 4096 "$1" | tr -d '\000'
    printf '\n[%d bytes left out]\n' $((size - 8192))
    tail -c 4096 "$1" | tr -d '\000'
  fi
}

# Hundredths of a CPU second, user and system, from what the shell's `times` wrote: a line for the shell itself, a line for its
# children, such as 0m1.230000s 0m0.450000s.
children_times() {
  cat "$@" | awk 'NR % 2 == 0 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += t[1] * 60 + t[2] } } END { printf "%.0f", sum * 100 }'
}

# take_stock MOMENT
# Writes for each tool that runs, and for this script, what it has taken by now and its processes: RUN.MOMENT has hundredths of a
# CPU second and PIDs. The fields of /proc/PID/stat: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
take_stock() {
  roots="collector=$$"
  for one in $running; do
    if [ "$one" = "$leader" ]; then
      # perf alone, without the command that it runs.
      tool_pid "$one" && roots="$roots $one=$tool_pid!"
    else
      read -r pid 2>/dev/null <"$folder/run/$one.pid" && roots="$roots $one=$pid"
    fi
  done
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v roots="$roots" -v run="$folder/run/" -v moment="$1" -v second="$ticks_per_second" '
    # 1234 (any) name) S 1200 1234 …
    /^[0-9]+ \(.*\) [A-Za-z] [0-9]+ / {
      pid = $1 + 0
      sub(/^.*\) /, "")
      split($0, field, " ")
      parent[pid] = field[2]
      took[pid] = field[12] + field[13]
      children[pid] = field[14] + field[15]
    }
    END {
      n = split(roots, root, " ")
      for (i = 1; i <= n; i++) {
        split(root[i], part, "=")
        alone[part[1]] = sub(/!/, "", part[2])
        owner[part[2]] = part[1]
        ticks[part[1]] = 0
      }
      for (pid in parent) {
        climb = pid
        for (depth = 0; depth < 100 && climb > 1 && !(climb in owner); depth++) climb = parent[climb]
        if (!(climb in owner)) continue
        name = owner[climb]
        if (alone[name] && climb != pid) continue
        ticks[name] += took[pid] + (alone[name] ? 0 : children[pid])
        pids[name] = pids[name] " " pid
      }
      for (name in ticks) if (name in pids) print int(ticks[name] * 100 / second) pids[name] > (run name "." moment)
    }'
}
