#!/usr/bin/env bash
# The commands `submit`, `status` and `merge` on a real Slurm: one controller and two nodes on this machine, everything in a folder of
# the test. An array of four shards runs while tasks are killed with SIGKILL, one is requeued, one node is drained and resumed, and the
# merge is killed too; the tables must be, byte for byte, those of a local run that nothing disturbed.
#
#   Scripts/slurm-test.sh [ROUNDS] [SEED]    rounds of disturbance at random moments; 1 and the seed 1 by default
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-1}
RANDOM=${2:-1}
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

finish() {
  local code=$?
  trap - EXIT INT TERM
  cluster_stop
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

# An experiment of some seconds, in several hundred units.
cat >"$folder/e.yaml" <<'YAML'
name: disturbed
models: [scenes-gap, scenes-hans]
images: { bundled: scenes-test, sample: 10 }
targets: [top, annotated]
methods: [gradient, grad-cam, guided-backprop, smooth-grad(samples=20)]
metrics: [deletion(step=1024), pointing-game, sparseness]
seed: 5
statistics: { resamples: 200, permutations: 500 }
gallery: 4
YAML

export SALIENCY_THREADS=1
compared="table.csv rows.csv curves.csv agreement.csv failures.csv table.tex table.md table.json"
"$saliency" bench "$folder/e.yaml" --output "$folder/local" --jobs 2 >/dev/null
say "the local run is done"

mkdir "$folder/cluster" "$folder/scratch"
cluster_start "$folder/cluster"
say "the cluster is up: $(sinfo -h -N -o '%N' | sort -u | tr '\n' ' ')"

# Whether the tables of a run are those of the local one.
same() {
  local name
  for name in $compared; do
    if ! cmp "$folder/local/$name" "$1/$name"; then
      echo "slurm-test: $1/$name is not that of the local run" >&2
      return 1
    fi
  done
}

submit() { "$saliency" submit "$folder/e.yaml" --output "$run" --scratch "$folder/scratch" "$@"; }
state() { squeue -h -j "$1" -o %T 2>/dev/null | sort -u | tr '\n' ' '; }
over() { [ -z "$(squeue -h -j "$1" 2>/dev/null)" ]; }
running() { [ -n "$(squeue -h -j "$1" -t RUNNING 2>/dev/null)" ]; }

# The processes of a shard's task: the program, or the shell around it.
program_of() { pgrep -f "saliency bench .*--shard $1/4 .*--output $run " | head -n 1; }
shell_of() { ps -o ppid= -p "$(program_of "$1")" | tr -d ' '; }

# Waits up to a second longer than it may last in the worst case of a random moment.
moment() { sleep "0.$((RANDOM % 10))$((RANDOM % 10))"; }

disturb() {
  local words job merge
  run=$folder/run$1
  words=$(submit --array 4 --nodes 3 --copy-every 0.3)
  job=$(sed -n 's/.*shards as job \([0-9]*\),.*/\1/p' <<<"$words")
  merge=$(sed -n 's/.*merge as job \([0-9]*\)$/\1/p' <<<"$words")
  cluster_wait 30 "the first task" running "$job"
  moment
  # The program of one task dies; its shell tries again.
  cluster_wait 20 "a program to kill" program_of 1 && kill -KILL "$(program_of 1)" 2>/dev/null || true
  # A node is drained while tasks run on it, and comes back.
  scontrol update NodeName=n1 State=DRAIN Reason=test
  moment
  # A task is put back into the queue, as by preemption: SIGTERM, a grace time, SIGKILL.
  scontrol requeue "${job}_2" 2>/dev/null || true
  moment
  # Another is told that its time is nearly over, as the script asks Slurm to; it puts itself back into the queue.
  scancel --batch --signal=USR1 "${job}_4" 2>/dev/null || true
  moment
  # The shell of a task dies, and with it the task: only --missing brings it back.
  if program_of 3 >/dev/null && [ -n "$(program_of 3)" ]; then
    local shell
    shell=$(shell_of 3)
    kill -KILL "$shell" "$(program_of 3)" 2>/dev/null || true
    say "killed a task with its shell"
  fi
  scontrol update NodeName=n1 State=RESUME
  moment
  "$saliency" status "$run" | head -n 1
  # Anything else that runs, at any moment.
  local victim
  for victim in 4 2 1; do
    moment
    [ -n "$(program_of $victim)" ] && kill -KILL "$(program_of $victim)" 2>/dev/null || true
  done
  cluster_wait 120 "the array" over "$job"
  cluster_wait 60 "the merge" over "$merge"
  say "the array has ended: $(sacctless "$run")"
  local tries
  for tries in 1 2 3; do
    [ -s "$run/table.csv" ] && break
    words=$(submit --missing)
    case $words in *"nothing to submit"*) ;; *)
      job=$(sed -n 's/.*shards as job \([0-9]*\),.*/\1/p' <<<"$words")
      merge=$(sed -n 's/.*merge as job \([0-9]*\)$/\1/p' <<<"$words")
      cluster_wait 120 "the missing shards" over "$job"
      cluster_wait 60 "the second merge" over "$merge"
      ;;
    esac
  done
  same "$run"
  "$saliency" status "$run" --json | grep -q '"isMerged" : true\|"isMerged":true'
  # Killed while it merges, into another folder; then again to the end.
  local other=$run-merged i
  for i in 1 2 3; do
    "$saliency" merge "$run/shards" --output "$other" >/dev/null 2>&1 &
    sleep "0.0$((RANDOM % 10))"
    kill -KILL $! 2>/dev/null || true
    wait $! 2>/dev/null || true
  done
  "$saliency" merge "$run/shards" --output "$other" >/dev/null
  same "$other"
  say "round $1: the tables are those of the local run, byte for byte"
}

# How the run stands, in one line.
sacctless() { "$saliency" status "$1" | sed -n '2,4p' | tr -s ' \n' ' '; }

for round in $(seq "$rounds"); do disturb "$round"; done

# A task that cannot succeed fails three times, is reported with its reason, and does not keep the others from being merged.
run=$folder/failing
broken=$folder/broken
cat >"$broken" <<SCRIPT
#!/bin/bash
case " \$* " in *" --shard 2/4 "*) echo "error: this node has no luck" >&2; exit 1 ;; esac
exec "$saliency" "\$@"
SCRIPT
chmod +x "$broken"
"$saliency" submit "$folder/e.yaml" --output "$run" --scratch "$folder/scratch" --array 4 --dry-run >/dev/null
submit --array 4 >"$folder/words" # its scripts are then edited, as a user may
job=$(sed -n 's/.*shards as job \([0-9]*\),.*/\1/p' "$folder/words")
merge=$(sed -n 's/.*merge as job \([0-9]*\)$/\1/p' "$folder/words")
scancel "$job" "$merge"
cluster_wait 30 "the end of what was cancelled" over "$job"
rm -rf "$run/shards"
sed -i "s|^saliency=.*|saliency='$broken'|" "$run/slurm/array.sh"
job=$(sbatch --parsable "$run/slurm/array.sh")
merge=$(sbatch --parsable --dependency="afterany:$job" "$run/slurm/merge.sh")
cluster_wait 120 "the array with a task that fails" over "$job"
cluster_wait 60 "its merge" over "$merge"
"$saliency" status "$run" >"$folder/status"
grep -q '^  failed: 1 of 4 shards (2)$' "$folder/status"
grep -q 'shard 2/4 failed 3 times, the last: .*exit code 1, error: this node has no luck$' "$folder/status"
grep -q 'units are missing (shard 2/4: no store)' "$run"/slurm/logs/merge-*.log
say "a task that failed three times is reported: $(sed -n 's/^  shard //p' "$folder/status")"
submit --missing >/dev/null
cluster_wait 120 "the missing shard and its merge" cluster_quiet
same "$run"
say "the gap is filled, and the tables are those of the local run"
