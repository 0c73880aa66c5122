# ---------------------------------------------------------------------------------------------------------------------
# Choosing among the tools that the host has: no more of them at once than it can bear.

# What is known of the tool that `way` has just found, as one word for `choose`.
survey() {
  leads='' without=''
  value_of interval && on_the_second=1
  has_property leads && leads=leads
  value_of without && without=$value
  value_of overhead
  surveyed="$surveyed $name:$via:$value:$named:$leads:$without"
}

# Sets what the fields of such a word say.
read_survey() {
  name=${1%%:*} rest=${1#*:}
  via=${rest%%:*} rest=${rest#*:}
  overhead=${rest%%:*} rest=${rest#*:}
  named=${rest%%:*} rest=${rest#*:}
  leads=${rest%%:*} without=${rest#*:}
  lighter_form "$name"
}

# Sets $via where the tool of that name is taken in its lighter form.
lighter_form() {
  case $lean in *" $1 "*) via=libbpf-tools ;; esac
}

# What a tool takes: $compiling, hundredths of a CPU second until it is attached; $megabytes that are its alone; $share of one
# CPU, in tenths of a percent, while it runs on a busy host. Measured with the tools of Debian 12 and 13 (docs/tools.md); 34 tools
# together took 180 (docs/collecting.md). A high overhead is some 3 us at each of 20,000 context switches a second.
price() {
  case $via in
    bcc) compiling=200 megabytes=110 ;;
    bpftrace) compiling=70 megabytes=70 ;;
    libbpf-tools) compiling=20 megabytes=15 ;;
    *) compiling=0 megabytes=0 ;;
  esac
  case $overhead in
    high) share=60 ;;
    moderate) share=20 ;;
    low) share=5 ;;
    *) share=0 ;;
  esac
}

price_of() {
  via='' overhead=''
  case $surveyed in
    *" $1:"*)
      via=${surveyed#*" $1:"}
      via=${via%%:*}
      ;;
  esac
  lighter_form "$1"
  price
}

# Sets $light, which start at once; $heavy, which attach behind them, the cheapest first; and $leader, whose end is the
# capture's. What was asked for by name is left out for want of memory alone. The others are taken as long as there is room,
# those first that cost the least.
choose() {
  memory_room=$memory_left
  attach_room=$((${cpus:-1} * attach_wait * 100))
  cpu_room=$((${cpus:-1} * 200))
  take_lighter
  light='' heavy='' leader='' chosen=''
  for turn in named none low moderate high; do
    for one in $surveyed; do
      read_survey "$one"
      its_turn=${named:-$overhead}
      [ "$its_turn" != "$turn" ] || consider
    done
  done
  # Shown in the catalogue's order.
  in_order=''
  for name in $names; do
    case " $chosen " in *" $name "*) in_order="$in_order $name" ;; esac
  done
  chosen=$in_order name=''
}

# Where not all of them fit, tools of bcc's that the host has in libbpf-tools as well are taken from there: $lean.
take_lighter() {
  memory_wanted=0 attach_wanted=0
  for one in $surveyed; do
    read_survey "$one"
    price
    memory_wanted=$((memory_wanted + megabytes)) attach_wanted=$((attach_wanted + compiling))
  done
  if [ "$memory_wanted" -gt "$memory_room" ] || [ "$attach_wanted" -gt "$attach_room" ]; then lean=$lighter; fi
}

consider() {
  price
  case " $surveyed" in
    *" $without:"*)
      if [ -n "$without" ] && [ -z "$named" ]; then
        not_run skipped "not beside $without; --tool $name runs it, or --skip $without"
        return
      fi
      ;;
  esac
  if [ "$megabytes" -gt 0 ] && [ "$megabytes" -gt "$memory_room" ]; then
    not_run skipped "it needs about $megabytes MB, and half of the free memory is already reserved"
    return
  fi
  if [ -z "$named" ]; then
    if [ "$compiling" -gt "$attach_room" ]; then
      not_run skipped "$cpus CPUs attach no more tools in $attach_wait s; --tool $name runs it, or a longer --attach-wait"
      return
    elif [ "$share" -gt "$cpu_room" ]; then
      not_run skipped "the others may take a fifth of the CPUs already, and its overhead is $overhead; --tool $name runs it"
      return
    fi
  fi
  memory_room=$((memory_room - megabytes)) attach_room=$((attach_room - compiling)) cpu_room=$((cpu_room - share))
  chosen="$chosen $name"
  if [ -n "$leads" ]; then
    leader=$name
  else
    case $via in
      classic | proc | perf) light="$light $name" ;;
      *) heavy="$heavy $name" ;;
    esac
  fi
}
