/** A pipeline for GitLab CI: a parallel job with an instance for each shard, and a job that joins the results. @module */
import { headline, installDeno, mergeCommand, shardCommand, type SweepJob } from "./sweep_job.ts";
import { yamlFile } from "./yaml_file.ts";

const IMAGE = "node:22";
/** The sweep stops with checkpoints before the job's time is over, and there is time to save them. */
const JOB_TIMEOUT = "6h", SWEEP_MINUTES = 330;
/** GitLab repeats a job at most twice. */
const RETRIES = 2;
const MERGED = "runs/merged";

/** The pipeline, see https://docs.gitlab.com/ci/yaml. */
export function gitlabPipeline(job: SweepJob): string {
  const pipeline = {
    stages: ["sweep", "merge"],
    default: { image: IMAGE, before_script: [installDeno(job)] },
    sweep: sweepJob(job),
    merge: {
      stage: "merge",
      needs: [{ job: "sweep", artifacts: true }],
      // Trials that failed are results, too; what is missing is refused by the merge.
      when: "always",
      script: [mergeCommand(job, "runs/shard-*", MERGED)],
      artifacts: { paths: [MERGED] },
    },
  };
  return yamlFile(pipeline, [
    ...headline(job),
    "",
    "Save it as .gitlab-ci.yml, or include it there. Results are the artifacts of the job merge.",
    `A shard stops with checkpoints after ${SWEEP_MINUTES} minutes, exits 124, and is repeated at most ${RETRIES} times; it resumes where it`,
    "stopped. One that fails in part exits 4, which leaves the pipeline with a warning.",
  ]);
}

function sweepJob(job: SweepJob) {
  const runs = "runs/shard-$CI_NODE_INDEX";
  const command = shardCommand(job, { shard: "auto", runs: `"${runs}"` });
  return {
    stage: "sweep",
    parallel: job.shards,
    timeout: JOB_TIMEOUT,
    script: [`timeout --signal=USR1 ${SWEEP_MINUTES}m ${command}`],
    retry: { max: RETRIES, exit_codes: [124] },
    allow_failure: { exit_codes: [4] },
    cache: {
      key: "sweep-$CI_PIPELINE_ID-$CI_NODE_INDEX",
      paths: [runs],
      when: "always",
    },
    artifacts: {
      when: "always",
      paths: ["runs/shard-*"],
      exclude: ["runs/shard-*/.cache/**/*"],
      expire_in: "1 week",
    },
  };
}
