# What `npm run sick -- here` runs: here.sh SHARE, on the machine itself, the illnesses that need no disk, group or network of
# their own. It writes to SHARE alone; whatever it starts ends with it.
share=$1
bin=$share/bin srv=$share/srv
PATH=$bin:$PATH
. "$share/guest/illnesses.sh"
trap 'well; exit 1' INT TERM
build_programs "$share/guest"
# What are disks of their own on the virtual host is here the one that SHARE is on.
mkdir -p "$share/out" "$srv/fast" "$srv/slow"
while read -r illness; do fall_ill "$share" "$illness"; done <"$share/illnesses"
