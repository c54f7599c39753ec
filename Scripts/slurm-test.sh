#!/usr/bin/env bash
# The commands `submit`, `status` and `merge` on a real Slurm: one controller and two nodes on this machine, everything in a folder of
# the test. An array of four shards runs while programs, shells, whole nodes and Slurm's own daemons die by SIGKILL, tasks are
# requeued, a node is drained and resumed, and merges and submissions are killed too; the tables must be, byte for byte, those of a
# local run that nothing disturbed.
#
#   Scripts/slurm-test.sh [ROUNDS] [SEED] [EVENTS] [IMAGES]
#
# ROUNDS of disturbance (1), drawn from SEED (1), with so many EVENTS in each (6) beside those that every round has, in an experiment
# of so many IMAGES (60), which decides how long a round lasts. The seed 1 begins with six events that are always the same.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-1}
seed=${2:-1}
RANDOM=$seed
events_of_a_round=${3:-6}
images=${4:-60}
. Scripts/slurm-cluster.sh

for command in slurmctld slurmd munged sbatch; do
  PATH=$PATH:/usr/sbin:/sbin
  if ! command -v "$command" >/dev/null 2>&1; then
    echo "slurm-test: skipped, for there is no $command; Scripts/install.sh Scripts/debian-packages-ci.txt installs it"
    # Continuous integration sets SLURM_TEST=required: a check that is skipped is none.
    [ "${SLURM_TEST:-}" = required ] && exit 1
    exit 0
  fi
done

# Another program may be named, for trying.
saliency=${SALIENCY:-$(swift build -c release --show-bin-path)/saliency}
[ -x "$saliency" ] || swift build -c release --product saliency
folder=$(mktemp -d "${TMPDIR:-/tmp}/saliency-slurm.XXXXXX")

# SIGKILL; how many it was is kept in `slain`.
slain=0
slain_in_all=0
slay() {
  [ $# -eq 0 ] || kill -KILL "$@" 2>/dev/null || true
  slain=$((slain + $#))
  slain_in_all=$((slain_in_all + $#))
}

finish() {
  local code=$?
  trap - EXIT INT TERM
  cluster_stop
  # Orphans of shells that were killed, known by the test's own folder.
  slay $(pgrep -f "saliency (bench|cluster merge) .*$folder/" || true)
  if [ "$code" -ne 0 ]; then
    echo "slurm-test: failed; the last words of the logs:" >&2
    tail -n 15 "$folder"/run*/slurm/logs/* "$folder"/cluster/*.log >&2 2>/dev/null || true
  fi
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '   %s (after %s s)\n' "$1" "$SECONDS"; }

# An experiment of so many images: some seconds, in several hundred units.
experiment() {
  cat <<YAML
name: disturbed
models: [scenes-gap, scenes-hans]
images: { bundled: scenes-test, sample: $1 }
targets: [top, annotated]
methods: [gradient, grad-cam, guided-backprop, smooth-grad(samples=50)]
metrics: [deletion(step=512), pointing-game, sparseness]
seed: 5
statistics: { resamples: 200, permutations: 500 }
gallery: 4
YAML
}

export SALIENCY_THREADS=1
compared="table.csv rows.csv curves.csv agreement.csv failures.csv table.tex table.md table.json"
local_run() { "$saliency" bench "$folder/$1.yaml" --output "$folder/local-$1" --jobs 2 >/dev/null; }
# The first is to last longer than what happens to it.
experiment "$images" >"$folder/long.yaml"
experiment 6 >"$folder/short.yaml"
local_run long
local_run short
say "the local runs are done"

mkdir "$folder/cluster" "$folder/scratch"
cluster_start "$folder/cluster"
say "the cluster is up: $(sinfo -h -N -o '%N' | sort -u | tr '\n' ' ')"

# Whether the tables of a run are those of the local one of the same experiment.
same() {
  local name
  for name in $compared; do
    if ! cmp "$folder/local-$what/$name" "$1/$name"; then
      echo "slurm-test: $1/$name is not that of the local run" >&2
      return 1
    fi
  done
}

submit() { "$saliency" cluster submit "$folder/$what.yaml" --output "$run" --scratch "$folder/scratch" "$@"; }
running() { [ -n "$(squeue -h -j "$1" -t RUNNING 2>/dev/null)" ]; }

# A process of a shard's task, the program or the shell around it; nothing where there is none.
program_of() { pgrep -f "saliency bench .*--shard $1/4 .*--output $run " | head -n 1; }
shell_of() {
  local shell
  shell=$(ps -o ppid= -p "$(program_of "$1")" 2>/dev/null | tr -d ' ')
  # Where the shell was killed before, the parent is nobody of ours.
  case $(ps -o args= -p "${shell:-0}" 2>/dev/null) in *"$folder/cluster/spool-"*) echo "$shell" ;; esac
}

# Up to half a second.
moment() { sleep "0.$((RANDOM % 5))$((RANDOM % 10))"; }

# One thing that may happen to a cluster, to task $2 or node $3. What is killed here comes back in the end, by Slurm, by the
# shell that watches over the program, or by `submit --missing`.
happen() {
  slain=0
  case $1 in
    program) slay $(program_of "$2") ;;
    shell) slay $(shell_of "$2") ;; # its program goes on, an orphan, beside the one that Slurm may start again
    task) slay $(shell_of "$2") $(program_of "$2") ;;
    node)
      # The other, where nothing runs on this one.
      local node=$3
      [ -n "$(cluster_tasks "$node")" ] || node=n$((3 - ${node#n}))
      cluster_kill "slurmd-$node"
      slay $(cluster_tasks "$node")
      moment
      ;;
    tasks) slay $(cluster_tasks "$3") ;; # the node stays, and Slurm must notice
    slurmd) cluster_kill "slurmd-$3"; moment ;;
    slurmctld) cluster_kill slurmctld; moment ;;
    munged) cluster_kill munged; moment ;;
    requeue) scontrol requeue "${job}_$2" ;; # SIGTERM, a grace time, SIGKILL, as by preemption
    late) scancel --batch --signal=USR1 "${job}_$2" ;; # as the script asks Slurm to where time runs out
    stop) kill -TERM $(program_of "$2") ;;
    cancel) scancel "${job}_$2" ;;
    drain)
      scontrol update NodeName="$3" State=DRAIN Reason=test
      moment
      scontrol update NodeName="$3" State=RESUME
      ;;
    submit) # killed, perhaps before it has noted what it submitted
      submit --missing >/dev/null 2>&1 &
      sleep "0.$((RANDOM % 10))"
      slay $!
      wait $! || true
      ;;
    status) "$saliency" cluster status "$run" ;;
  esac >/dev/null 2>&1 || true
  cluster_up
}

first=(node slurmctld late requeue slurmd munged)
events=(program shell task node tasks slurmd slurmctld munged requeue late stop cancel drain submit status)

# Until nothing is in the queue; with an argument, the merge is killed on the way.
settle() {
  local end=$((SECONDS + 180)) again=$((SECONDS + 20)) victim=${1:-} merge
  scontrol update NodeName=n1,n2 State=RESUME >/dev/null 2>&1 || true
  until cluster_quiet; do
    if [ -n "$victim" ] && merge=$(pgrep -f "saliency cluster merge .*--output $run "); then
      sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
      slay $merge
      victim=
      say "killed the merge"
    fi
    if [ "$SECONDS" -ge "$again" ]; then
      # Slurm holds back a job that it could not start some times.
      squeue -h -t PENDING -o '%A %r' | awk '/[Hh]eld/ { print $1 }' | sort -u | xargs -r scontrol release || true
      scontrol update NodeName=n1,n2 State=RESUME >/dev/null 2>&1 || true
      again=$((SECONDS + 20))
    fi
    if [ "$SECONDS" -ge "$end" ]; then
      squeue >&2
      return 1
    fi
    sleep 0.1
  done
}

disturb() {
  local words i event task node told=
  run=$folder/run$1
  words=$(submit --array 4 --tasks 3 --copy-every 0.3)
  job=$(sed -n 's/.*shards as job \([0-9]*\),.*/\1/p' <<<"$words")
  cluster_wait 30 "the first task" running "$job"
  moment
  # In each round: the program of a task dies, and its shell tries again; a node is drained while tasks run on it, and comes
  # back; a task's shell and program die.
  cluster_wait 20 "a program to kill" program_of 1 && happen program 1
  happen drain 0 n1
  happen task 3
  # And anything at any moment.
  for ((i = 0; i < events_of_a_round; i++)); do
    event=${events[RANDOM % ${#events[@]}]}
    [ "$seed.$1" = 1.1 ] && event=${first[i]:-$event}
    task=$((1 + RANDOM % 4))
    node=n$((1 + RANDOM % 2))
    happen "$event" "$task" "$node"
    told="$told $event ($slain)"
    moment
  done
  say "happened, with processes killed:$told"
  settle merge
  say "the array has ended: $(stands "$run")"
  for i in 1 2 3 4 5; do
    "$saliency" cluster status "$run" --json | grep -q '"isMerged" *: *true' && break
    say "$(submit --missing | head -n 1)"
    settle
  done
  "$saliency" cluster status "$run" --json | grep -q '"isMerged" *: *true'
  same "$run"
  # Killed while it merges, into another folder; then again to the end.
  local other=$run-merged
  for i in 1 2 3; do
    "$saliency" cluster merge "$run/shards" --output "$other" >/dev/null 2>&1 &
    sleep "0.0$((RANDOM % 10))"
    slay $!
    wait $! 2>/dev/null || true
  done
  "$saliency" cluster merge "$run/shards" --output "$other" >/dev/null
  same "$other"
  say "round $1: the tables are those of the local run, byte for byte"
}

# How the run stands, in one line.
stands() { "$saliency" cluster status "$1" | sed -n '2,4p' | tr -s ' \n' ' '; }

what=long
for round in $(seq "$rounds"); do disturb "$round"; done

# A test that disturbs nothing shows nothing.
[ "$slain_in_all" -gt "$rounds" ]

# A task that cannot succeed fails three times, is reported with its reason, and does not keep the others from being merged.
what=short
run=$folder/failing
broken=$folder/broken
cat >"$broken" <<SCRIPT
#!/bin/bash
case " \$* " in *" --shard 2/4 "*) echo "error: this node has no luck" >&2; exit 1 ;; esac
exec "$saliency" "\$@"
SCRIPT
chmod +x "$broken"
submit --array 4 --dry-run >/dev/null
[ ! -e "$run" ]
submit --array 4 >"$folder/words" # its scripts are then edited, as a user may
job=$(sed -n 's/.*shards as job \([0-9]*\),.*/\1/p' "$folder/words")
merge=$(sed -n 's/.*merge as job \([0-9]*\)$/\1/p' "$folder/words")
scancel "$job" "$merge"
cluster_wait 30 "the end of what was cancelled" cluster_over "$job"
rm -rf "$run/shards"
sed -i "s|^saliency=.*|saliency='$broken'|" "$run/slurm/array.sh"
job=$(sbatch --parsable "$run/slurm/array.sh")
merge=$(sbatch --parsable --dependency="afterany:$job" "$run/slurm/merge.sh")
cluster_wait 120 "the array with a task that fails" cluster_over "$job"
cluster_wait 60 "its merge" cluster_over "$merge"
"$saliency" cluster status "$run" >"$folder/status"
grep -q '^  failed: 1 of 4 shards (2)$' "$folder/status"
grep -q 'shard 2/4 failed 3 times, the last: .*exit code 1, error: this node has no luck$' "$folder/status"
grep -q 'units are missing (shard 2/4: no store)' "$run"/slurm/logs/merge-*.log
say "a task that failed three times is reported: $(sed -n 's/^  shard //p' "$folder/status")"
submit --missing >/dev/null
cluster_wait 120 "the missing shard and its merge" cluster_quiet
same "$run"
say "the gap is filled, and the tables are those of the local run"
