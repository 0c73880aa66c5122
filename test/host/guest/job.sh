# What the virtual host runs: a capture for each batch, beside its scenes. /mnt/batches has lines of a name, whether tools must
# attach (heavy) or not (light), and scenes.
. /mnt/guest/branch.sh
. /mnt/guest/scenes.sh
build
mkdir -p /mnt/out
while read -r batch weight scenes; do
  echo "$batch: $(cut -d' ' -f1 /proc/uptime): $scenes"
  # What tools are narrowed to must be there first, and the file systems that they look for.
  for scene in $scenes; do
    if command -v "${scene}_first" >/dev/null; then "${scene}_first"; fi
  done
  # A process that cannot be stands for that of the scene. Of this slow machine more patience is asked.
  sed "s/4194304/${target:-1}/g; s/^patience=30 after_seconds=120/patience=300 after_seconds=900/" "/mnt/$batch.sh" >/tmp/collect.sh
  : >"/mnt/out/$batch.log"
  sh /tmp/collect.sh -o "/mnt/out/$batch.tar" </dev/null >>"/mnt/out/$batch.log" 2>&1 &
  collector=$!
  # Compilers need the CPUs that the workload would take, and those that asking again and again would take.
  if [ "$weight" = heavy ]; then
    tail -n +1 -s 0.5 --pid="$collector" -f "/mnt/out/$batch.log" | grep -q '^the window begins'
  fi
  everyday
  for scene in $scenes; do "$scene"; done
  # Before the window ends: a tool that is told late to end has then seen no more than one that is told in time, and what they saw
  # they print sooner where nobody else wants the CPUs.
  if [ "$weight" = heavy ]; then
    sleep 12
    scene_stop
  fi
  wait "$collector"
  cat "/mnt/out/$batch.log"
  mkdir -p "/mnt/out/$batch.truth"
  cp /run/truth/* "/mnt/out/$batch.truth/"
  scene_end
  for scene in $scenes; do
    if command -v "${scene}_end" >/dev/null; then "${scene}_end"; fi
  done
  rm -f /run/truth/*
done </mnt/batches
