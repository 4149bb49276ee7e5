/** A workflow for GitHub Actions: a matrix with a job for each shard, and a job that joins the results. @module */
import { OWN_COUNT, OWN_INDEX } from "../shards/environments.ts";
import { headline, installDeno, jobName, mergeCommand, shardCommand, type SweepJob } from "./sweep_job.ts";
import { yamlFile } from "./yaml_file.ts";

const RUNNER = "ubuntu-24.04";
/** A job may take 6 hours; the sweep stops with checkpoints before, and there is time to save them. */
const JOB_MINUTES = 360, SWEEP_MINUTES = 330;
const ACTIONS = {
  checkout: "actions/checkout@v4.2.2",
  restore: "actions/cache/restore@v4.2.3",
  save: "actions/cache/save@v4.2.3",
  upload: "actions/upload-artifact@v4.6.2",
  download: "actions/download-artifact@v4.3.0",
} as const;
/** The place of a job in the matrix, from 0. */
const INDEX = "${{ strategy.job-index }}";
const RUNS = "runs", SHARDS = "shards", MERGED = "runs/merged";

/** The workflow, see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax. */
export function githubWorkflow(job: SweepJob): string {
  const workflow = {
    name: jobName(job),
    on: { workflow_dispatch: {} },
    permissions: { contents: "read" },
    jobs: { sweep: sweepJob(job), merge: mergeJob(job) },
  };
  return yamlFile(workflow, [
    ...headline(job),
    "",
    `Save it as .github/workflows/${
      jobName(job)
    }.yml and start it on the page Actions. Results are the artifact "merged".`,
    `A shard stops with checkpoints after ${SWEEP_MINUTES} minutes and exits 124; one that fails in part exits 4. "Re-run failed jobs"`,
    "resumes both where they stopped.",
  ]);
}

function sweepJob(job: SweepJob) {
  const command = shardCommand(job, { shard: "auto", runs: RUNS });
  const cache = {
    path: RUNS,
    key: `${jobName(job)}-\${{ github.run_id }}-${INDEX}-\${{ github.run_attempt }}`,
  };
  return {
    "runs-on": RUNNER,
    "timeout-minutes": JOB_MINUTES,
    strategy: {
      "fail-fast": false,
      matrix: { shard: Array.from({ length: job.shards }, (_, place) => place + 1) },
    },
    steps: [
      { uses: ACTIONS.checkout, with: { "persist-credentials": false } },
      { run: installDeno(job) },
      {
        uses: ACTIONS.restore,
        with: { ...cache, "restore-keys": `${jobName(job)}-\${{ github.run_id }}-${INDEX}-` },
      },
      {
        name: "sweep",
        env: { [OWN_INDEX]: INDEX, [OWN_COUNT]: "${{ strategy.job-total }}" },
        run: plain(`timeout --signal=USR1 ${SWEEP_MINUTES}m ${command}`),
      },
      { if: "${{ always() }}", uses: ACTIONS.save, with: cache },
      {
        if: "${{ always() }}",
        uses: ACTIONS.upload,
        with: { name: `shard-${INDEX}`, path: RUNS, overwrite: true, "retention-days": 7 },
      },
    ],
  };
}

function mergeJob(job: SweepJob) {
  return {
    needs: "sweep",
    // Trials that failed are results, too; what is missing is refused by the merge.
    if: "${{ !cancelled() }}",
    "runs-on": RUNNER,
    steps: [
      { uses: ACTIONS.checkout, with: { "persist-credentials": false } },
      { run: installDeno(job) },
      { uses: ACTIONS.download, with: { pattern: "shard-*", path: SHARDS } },
      { run: plain(mergeCommand(job, `${SHARDS}/*`, MERGED)) },
      { uses: ACTIONS.upload, with: { name: "merged", path: MERGED, overwrite: true } },
    ],
  };
}

/** A command as GitHub leaves it: it would replace expressions in it. */
function plain(command: string): string {
  return command.replaceAll("${{", "${{ '${{' }}");
}
