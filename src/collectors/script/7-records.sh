# ---------------------------------------------------------------------------------------------------------------------
# What tools recorded: turned into text, or kept with what names its addresses.

# What some tools record is turned into text now that the window is over, at the lowest priority. Where that fails, and where it
# was not to be tried, the record itself goes into the archive.
run_afters() {
  recorded='' with_addresses=''
  for name in $afters; do
    run=$folder/run/$name
    # Without a record the tool failed, and said why.
    [ -s "$folder/$name.data" ] || continue
    recorded="$recorded $name"
    [ "$defer_symbols" = 0 ] || continue
    read -r after <"$run.after"
    cp "$run.end" "$run.recorded"
    "$after" start_after
    running="$running $name"
  done
  [ -z "$running" ] || wait_for_text
  for name in $recorded; do
    run=$folder/run/$name
    fault=''
    [ -s "$folder/out/$name.txt" ] || fault=$(complaint_in "$run.err")
    [ -e "$run.INT" ] && fault='out of time'
    if [ "$defer_symbols" = 1 ]; then
      keep_record
    elif [ -n "$fault" ]; then
      rm -f "$folder/out/$name.txt"
      keep_record
      # It is judged by how the recording ended, which was told to.
      mv "$run.recorded" "$run.end"
      : >"$run.INT"
      note "$name: its recording was not converted to text here ($fault); $kept is in the archive, with the symbols that were found"
    elif [ "$keep_data" = 1 ]; then
      keep_record
    fi
  done
  [ -z "$with_addresses" ] || keep_symbols
}

wait_for_text() {
  phase=after
  now
  deadline=$((now + after_seconds * 100)) hear_within=50 endless=$running
  [ -n "$stopped" ] && deadline=$((finish_by - 100))
  [ "$progress" = plain ] && say "converting to text:$running"
  watch_tools
}

start_after() {
  priority=$lowest
  supervise "$max_after" $((after_seconds + 10)) "$folder/out/$name.txt" "$@"
}

# docs/perf-data.md says how the files lie.
keep_record() {
  mkdir -p "$folder/out/perf"
  kept=perf/$name.data
  mv "$folder/$name.data" "$folder/out/$kept"
  read -r via <"$run.via"
  [ "$via" != perf ] || with_addresses=1
}

# What names the addresses of the records, those that were sampled most first, as long as there is room.
keep_symbols() {
  symbols_room=$((symbols_size * 1024)) symbols_left=''
  [ -n "$stopped" ] || say 'gathering symbols'
  (
    cd "$folder/out/perf" || exit
    # Ordinary users read zeros.
    grep -q -v '^0* ' /proc/kallsyms && cat /proc/kallsyms >kallsyms
  ) 2>/dev/null
  list_sampled >"$folder/run/sampled" 2>/dev/null
  while IFS=' ' read -r id path; do
    now
    if [ -n "$stopped" ] && [ "$now" -gt $((finish_by - 50)) ]; then
      symbols_left="$symbols_left $path"
    else
      keep_symbols_of
    fi
  done <"$folder/run/sampled"
  # Of processes that live, or were there in the window: others may have had the number before.
  for path in /tmp/perf-[0-9]*.map; do
    pid=${path#/tmp/perf-}
    if [ -d "/proc/${pid%.map}" ] || [ -n "$(find "$path" -newer "$folder/marks" 2>/dev/null)" ]; then
      keep_file "$path" "maps/${path##*/}"
    fi
  done
  [ -z "$symbols_left" ] || note "symbols left out for lack of space or time (--symbols-size allows more, coldflame analyze --symbols adds them):$(printf '%.600s' "$symbols_left")"
}

# Build IDs and paths of the files that were sampled, the most sampled first. `perf report` tells how often, by the last part of the
# path; `perf buildid-list` the paths of what has a build ID; the maps of processes the paths of what has none.
list_sampled() {
  bound=''
  have timeout && bound='timeout 20'
  for name in $recorded; do
    data=$folder/out/perf/$name.data
    [ -s "$data" ] || continue
    # shellcheck disable=SC2086 # words of our own
    $lowest $bound perf report -i "$data" --stdio -q -g none -F sample --sort dso -t '|' 2>/dev/null | sed 's/^/sampled|/'
    # shellcheck disable=SC2086 # words of our own
    $bound perf buildid-list -i "$data" 2>/dev/null | sed 's/^/built|/'
  done >"$folder/run/dsos"
  # 55f0c6a00000-55f0c6a2e000 r-xp 0002e000 fe:00 12345   /usr/bin/bash
  sed -n 's,^[0-9a-f-]* ..x. [0-9a-f]* [0-9a-f:]* [0-9]* *\(/.*\),mapped|\1,p' /proc/[0-9]*/maps 2>/dev/null | sort -u |
    cat "$folder/run/dsos" - | awk -F'|' '
      $1 == "sampled" { gsub(/ +$/, "", $3); gsub(/ /, "", $2); count[$3] += $2 }
      $1 == "built" && $2 ~ /^[0-9a-f]+ \// { id = $2; sub(/ .*/, "", id); path = $2; sub(/^[^ ]* /, "", path); of[path] = id }
      $1 == "mapped" && $2 !~ / \(deleted\)$/ && !($2 in of) { of[$2] = "-" }
      END {
        for (path in of) {
          name = path
          sub(/.*\//, "", name)
          # Of what has no build ID only what was sampled.
          if (name in count || of[path] != "-") print count[name] + 0, of[path], path
        }
      }' | sort -rn | cut -d' ' -f2-
}

# The file itself, where its build ID is the one that was recorded: it may have been replaced, or be another one in a container. Debug
# information that is installed knows more names.
keep_symbols_of() {
  debug=/usr/lib/debug/.build-id/${id%"${id#??}"}/${id#??}.debug
  if [ "$id" = - ]; then
    keep_file "$path" "files$path"
  elif [ -f "$debug" ]; then
    keep_file "$debug" "symbols/$id"
  elif has_build_id "$path"; then
    keep_file "$path" "symbols/$id"
  else
    for maps in $(grep -l -F -e " $path" /proc/[0-9]*/maps 2>/dev/null | head -n 20); do
      if has_build_id "${maps%/maps}/root$path"; then
        keep_file "${maps%/maps}/root$path" "symbols/$id"
        return
      fi
    done
    symbols_left="$symbols_left $path"
  fi
}

has_build_id() {
  [ -f "$1" ] && [ "$(perf buildid-list -i "$1" 2>/dev/null)" = "$id" ]
}

# keep_file PATH NAME: a copy of it under perf/ in the archive.
keep_file() {
  [ ! -e "$folder/out/perf/$2" ] || return 0
  size=$((($(wc -c <"$1" 2>/dev/null || echo 0) + 1023) / 1024))
  if [ "$size" -gt "$symbols_room" ]; then
    keep_without_code "$1" "$2" || symbols_left="$symbols_left $1"
    return
  fi
  mkdir -p "$folder/out/perf/${2%/*}" && cat "$1" >"$folder/out/perf/$2" 2>/dev/null && symbols_room=$((symbols_room - size))
}

# keep_without_code PATH NAME: the symbols of a program that is too large as a whole, where binutils are here: a tenth of it,
# mostly. It takes a fifth of a second, for which the lowest priority would wait for ever on a host that is busy.
keep_without_code() {
  case $2 in symbols/*) ;; *) return 1 ;; esac
  have objcopy || return 1
  bound=''
  have timeout && bound='timeout 20'
  # shellcheck disable=SC2086 # words of our own
  $low $bound objcopy --only-keep-debug --remove-section '.debug_*' "$1" "$folder/run/symbols" 2>/dev/null || return 1
  size=$((($(wc -c <"$folder/run/symbols") + 1023) / 1024))
  [ "$size" -le "$symbols_room" ] || return 1
  mkdir -p "$folder/out/perf/${2%/*}" && mv "$folder/run/symbols" "$folder/out/perf/$2" && symbols_room=$((symbols_room - size))
}
