# Another host: the network namespace `branch`, at the other end of a wire; this end is 10.9.0.1, the other 10.9.0.2.

# branch_behind LOSS: of what is sent to it so much is lost.
branch_behind() {
  if ! ip netns list | grep -q branch; then
    ip netns add branch
    ip link add to-branch type veth peer name eth0 netns branch
    ip addr add 10.9.0.1/24 dev to-branch
    ip -n branch addr add 10.9.0.2/24 dev eth0
    ip link set to-branch up
    ip -n branch link set eth0 up
    ip -n branch link set lo up
  fi
  tc qdisc replace dev to-branch root netem loss "$1" delay 2ms
}
