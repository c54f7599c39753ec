# A Slurm cluster of one machine, everything of it under one folder: sourced by Scripts/slurm-test.sh.
#
#   cluster_start FOLDER    starts munged, slurmctld, and a slurmd for each of two nodes, n1 and n2, with two slots each
#   cluster_stop            stops what cluster_start started, and nothing else; may be called at any time
#   cluster_kill DAEMON     SIGKILL for munged, slurmctld, slurmd-n1 or slurmd-n2
#   cluster_up              starts again what was killed
#   cluster_tasks NODE      the process numbers of the tasks on a node: Slurm's own process, the shell, and what that has started
#
# The daemons are started by their own commands and stopped by their own pid files. SLURM_CONF points to the configuration, so
# that no file of the system is read or changed. Works as root and as any user.

cluster_folder=

# A port that nobody listens on, from a start that depends on the process.
cluster_port() {
  local port=$((20000 + ($$ * 7 + $1 * 101) % 20000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# cluster_wait SECONDS WHAT COMMAND...: waits until the command succeeds; says what did not come true in time.
cluster_wait() {
  local seconds=$1 what=$2 end
  shift 2
  end=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$end" ]; then
      echo "slurm: after $seconds s still waiting for $what" >&2
      return 1
    fi
    sleep 0.2
  done
}

cluster_configuration() {
  local folder=$1 user host controller first second
  user=$(id -un)
  host=$(hostname -s)
  controller=$(cluster_port 1)
  first=$(cluster_port 2)
  second=$(cluster_port 3)
  cat <<CONFIGURATION
ClusterName=saliency
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=50000,bf_interval=1
PriorityType=priority/basic
ReturnToService=2
JobRequeue=1
KillWait=5
MinJobAge=600
# A node that fell is missed, and a task whose processes are gone is noticed, within seconds.
SlurmdTimeout=10
BatchStartTimeout=2
SlurmdParameters=config_overrides
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$first CPUs=2 RealMemory=2000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$second CPUs=2 RealMemory=2000
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONFIGURATION
}

cluster_start() {
  cluster_folder=$(cd "$1" && pwd)
  local folder=$cluster_folder node
  mkdir -p "$folder/state" "$folder/spool-n1" "$folder/spool-n2"
  cluster_configuration "$folder" >"$folder/slurm.conf"
  export SLURM_CONF=$folder/slurm.conf
  # munged wants its socket and key in folders that nobody else can write to; --force turns what is left into warnings
  # (a clone under a folder that a group may write to).
  chmod 0755 "$folder"
  dd if=/dev/urandom of="$folder/munge.key" bs=64 count=1 status=none
  chmod 0400 "$folder/munge.key"
  cluster_munged
  slurmctld -c -f "$SLURM_CONF" 2>"$folder/slurmctld.err"
  cluster_wait 20 "slurmctld" scontrol ping
  for node in n1 n2; do cluster_slurmd "$node"; done
  cluster_wait 30 "two idle nodes" cluster_idle
}

cluster_munged() {
  local folder=$cluster_folder
  munged --force --key-file "$folder/munge.key" --socket "$folder/munge.socket" --pid-file "$folder/munged.pid" \
    --seed-file "$folder/munge.seed" --log-file "$folder/munged.log" --num-threads 2 2>>"$folder/munged.err"
  cluster_wait 10 "munged" munge --socket "$folder/munge.socket" --no-input
}

cluster_slurmd() { slurmd -N "$1" -f "$SLURM_CONF" 2>>"$cluster_folder/slurmd-$1.err"; }

# Whether a process is what it should be: a number may by now be another's.
cluster_is() { [ "$(ps -o comm= -p "$1" 2>/dev/null)" = "$2" ]; }

cluster_lives() {
  local file=$cluster_folder/$1.pid
  [ -s "$file" ] && cluster_is "$(cat "$file")" "${1%%-*}"
}

cluster_kill() {
  cluster_lives "$1" || return 0
  kill -KILL "$(cat "$cluster_folder/$1.pid")" 2>/dev/null || true
  cluster_wait 5 "the end of $1" cluster_dead "$1"
  rm -f "$cluster_folder/$1.pid"
}

cluster_dead() { ! cluster_lives "$1"; }

cluster_up() {
  local node
  cluster_lives munged || cluster_munged
  if ! cluster_lives slurmctld; then
    # With what it had noted of its jobs.
    slurmctld -f "$SLURM_CONF" 2>>"$cluster_folder/slurmctld.err"
    cluster_wait 20 "slurmctld" scontrol ping
  fi
  for node in n1 n2; do
    cluster_lives "slurmd-$node" && continue
    cluster_slurmd "$node"
    cluster_wait 10 "slurmd on $node" cluster_lives "slurmd-$node"
  done
}

cluster_tasks() {
  local shell parent
  for shell in $(pgrep -f "^/bin/bash $cluster_folder/spool-$1/job" || true); do
    parent=$(ps -o ppid= -p "$shell" | tr -d ' ' || true)
    # Where that has been killed before, the parent is nobody of ours.
    cluster_is "$parent" slurmstepd && echo "$parent"
    echo "$shell"
    pgrep -P "$shell" || true
  done
}

cluster_idle() { [ "$(sinfo -h -N -t idle -o %N | sort -u | wc -l)" = 2 ]; }

# Sends a signal to the process of a pid file, and waits until it is gone.
cluster_end() {
  local file=$cluster_folder/$1.pid pid
  [ -s "$file" ] || return 0
  pid=$(cat "$file")
  cluster_lives "$1" || return 0
  kill "$pid" 2>/dev/null || return 0
  cluster_wait 10 "the end of $1" cluster_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
}

cluster_gone() { ! kill -0 "$1" 2>/dev/null; }

cluster_stop() {
  [ -n "$cluster_folder" ] || return 0
  if [ -s "$cluster_folder/slurmctld.pid" ]; then
    scancel --state=PENDING --me >/dev/null 2>&1 || true
    scancel --me >/dev/null 2>&1 || true
    cluster_wait 20 "the last job" cluster_quiet || true
  fi
  cluster_end slurmd-n1
  cluster_end slurmd-n2
  cluster_end slurmctld
  cluster_end munged
  cluster_folder=
}

# Where Slurm does not answer, nobody knows.
cluster_quiet() {
  local list
  list=$(squeue -h) && [ -z "$list" ]
}

# Whether a job has ended.
cluster_over() {
  local list
  list=$(squeue -h -j "$1" 2>&1) || [[ $list == *"Invalid job id"* ]] || return 1
  [ -z "$list" ] || [[ $list == *"Invalid job id"* ]]
}
