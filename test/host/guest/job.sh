# What the virtual host runs: a capture for each batch, beside its scenes. /mnt/batches has lines of a name and scenes.
. /mnt/guest/scenes.sh
build
mkdir -p /mnt/out
while read -r batch scenes; do
  everyday
  for scene in $scenes; do "$scene"; done
  echo "$batch: $(cut -d' ' -f1 /proc/uptime): $scenes"
  # A process that cannot be stands for the one that the scene has.
  sed "s/4194304/${target:-1}/g" "/mnt/$batch.sh" >/tmp/collect.sh
  sh /tmp/collect.sh -o "/mnt/out/$batch.tar" </dev/null
  mkdir -p "/mnt/out/$batch.truth"
  cp /run/truth/* "/mnt/out/$batch.truth/"
  scene_end
  for scene in $scenes; do command -v "${scene}_end" >/dev/null && "${scene}_end"; done
  rm -f /run/truth/*
done </mnt/batches
