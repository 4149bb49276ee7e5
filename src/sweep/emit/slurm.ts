/** A batch script for Slurm: an array with a task for each shard. @module */
import { shellWord } from "../../core/shell_word.ts";
import { SHARDS } from "../../run/folder_name.ts";
import { headline, jobName, mergeCommand, shardCommand, type SweepJob } from "./sweep_job.ts";

/** Seconds before the end of the time limit at which Slurm announces it: enough for the slowest batch and its checkpoint. */
const WARNING_SECONDS = 120;
/** How often a shard goes back to the queue at most: a shard that never gets on would run forever. */
const MOST_RESTARTS = 100;

/** The script, see https://slurm.schedmd.com/sbatch.html. */
export function slurmScript(job: SweepJob): string {
  return [...header(job), "", ...options(job), "", ...body(job), ""].join("\n");
}

function header(job: SweepJob): string[] {
  const shards = `${shellWord(sharedFolder(job))}/*`, merged = shellWord(`${sharedFolder(job)}.merged`);
  return [
    "#!/bin/bash",
    ...[
      ...headline(job),
      "",
      "  sbatch SCRIPT [FOLDER]           submits it, from the folder of the project; FOLDER is on a disk that all nodes share",
      "  sbatch --array=3,5 SCRIPT ...    submits these shards again; finished trials are not repeated",
      `  ${mergeCommand(job, shards, merged)}`,
      "                                   joins the results when all shards have ended",
      "",
      "A shard that fails in part exits 4. One whose time is over stops with a checkpoint, exits 124 and goes back to the",
      "queue, where it resumes; so does one that is preempted or whose node fails. Change the lines below to what your",
      "cluster asks for (partition, account, time, memory), and load Deno there if it is a module.",
    ].map((line) => `# ${line}`.trimEnd()),
  ];
}

function options(job: SweepJob): string[] {
  return [
    `--job-name=${jobName(job)}`,
    `--array=1-${job.shards}`,
    "--time=08:00:00",
    `--cpus-per-task=${job.cores}`,
    "--mem=4G",
    `--signal=B:USR1@${WARNING_SECONDS}`,
    "--requeue",
    "--open-mode=append",
    "--output=%x-%A_%a.log",
  ].map((option) => `#SBATCH ${option}`);
}

function body(job: SweepJob): string[] {
  const command = shardCommand(job, { shard: `"$shard/${job.shards}"`, runs: '"$folder/$shard"' });
  return `
set -u
folder=\${1:-${shellWord(sharedFolder(job))}}
shard=$SLURM_ARRAY_TASK_ID

# Slurm sends USR1 to this script ${WARNING_SECONDS} seconds before the time limit, and TERM when it preempts or cancels the job. Either ends
# wait early, with a code of its own; the sweep is then writing its checkpoints.
trap 'interrupted=yes; kill -s USR1 "\${!-}"' USR1
trap 'interrupted=yes; kill -s TERM "\${!-}"' TERM

${command} &
sweep=$!
interrupted=yes
while [ "$interrupted" = yes ]; do
  interrupted=no
  wait "$sweep"
  code=$?
done

if [ "$code" -eq 124 ]; then
  if [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ]; then
    echo "shard $shard stopped with a checkpoint and goes back to the queue"
    scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$shard"
  else
    echo "shard $shard stopped with a checkpoint and was restarted \${SLURM_RESTART_COUNT} times already: submit it again" >&2
  fi
fi
exit "$code"
`.trim().split("\n");
}

function sharedFolder({ runs, folder }: SweepJob): string {
  return `${runs}/${folder}${SHARDS}`;
}
