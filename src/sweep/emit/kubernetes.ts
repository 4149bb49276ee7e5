/** Manifests for Kubernetes: an Indexed Job with an index for each shard, and a Job that joins the results. @module */
import { shellWord } from "../../core/shell_word.ts";
import { OWN_COUNT } from "../shards/environments.ts";
import { headline, jobName, mergeCommand, shardWords, type SweepJob } from "./sweep_job.ts";
import { yamlFile } from "./yaml_file.ts";

/** Where the volume of runs is mounted, and where the image has the project. */
const RUNS = "/runs", PROJECT = "/app";
/** The volume's name in the pods, and the claim that has to be there. */
const VOLUME = "runs", CLAIM = "hourglass-runs";
const IMAGE = "registry.example.com/hourglass:latest";
/** Seconds between SIGTERM and SIGKILL: enough for the slowest batch and its checkpoint. */
const GRACE_SECONDS = 120;
/** How often an index is tried again after a failure that may pass, such as a full disk. */
const RETRIES = 3;

/** The manifests, see https://kubernetes.io/docs/concepts/workloads/controllers/job (version 1.33 or later). */
export function kubernetesManifests(job: SweepJob): string {
  return `${sweepManifest(job)}---\n${mergeManifest(job)}`;
}

function sweepManifest(job: SweepJob): string {
  const name = jobName(job), shards = `${RUNS}/${job.folder}`;
  const words = shardWords(escaped(job), { shard: "auto", runs: `${shards}/$(JOB_COMPLETION_INDEX)` });
  const manifest = {
    ...kind(name),
    spec: {
      completionMode: "Indexed",
      completions: job.shards,
      parallelism: job.shards,
      backoffLimitPerIndex: RETRIES,
      podFailurePolicy: { rules: failureRules() },
      template: template({
        command: words,
        env: [{ name: OWN_COUNT, value: String(job.shards) }],
        cores: job.cores,
      }),
    },
  };
  return yamlFile(manifest, sweepHead(job, name), {
    "spec.podFailurePolicy":
      "Exit code 2: the command is wrong, for all shards. 4: a part failed, and is recorded as such. 124 and 143: stopped with\n" +
      "a checkpoint; another pod resumes. Nodes that are drained or lost are no failure of the shard, either.",
    "spec.template": "Change to your image, volume and resources.",
  });
}

function sweepHead(job: SweepJob, name: string): string[] {
  return [
    ...headline(job),
    "",
    "  kubectl create -f FILE",
    `  kubectl patch job/${name}-merge -p '{"spec":{"suspend":false}}'    # joins the results, when job/${name} has ended`,
    "",
    `The image has Deno and this project in ${PROJECT}: FROM denoland/deno:${job.deno}, COPY . ${PROJECT}. The claim ${CLAIM} is a`,
    "volume that all nodes may write to (ReadWriteMany).",
  ];
}

/** The first rule that fits decides. */
function failureRules() {
  const exits = (action: string, values: number[]) => ({
    action,
    onExitCodes: { containerName: CONTAINER, operator: "In", values },
  });
  return [
    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    exits("FailJob", [2]),
    exits("FailIndex", [4]),
    exits("Ignore", [124, 143]),
  ];
}

function mergeManifest(job: SweepJob): string {
  const name = `${jobName(job)}-merge`, shards = shellWord(`${RUNS}/${job.folder}`);
  const merge = mergeCommand(job, `${shards}/*`, shellWord(`${RUNS}/${job.folder}.merged`));
  return yamlFile({
    ...kind(name),
    spec: {
      suspend: true,
      backoffLimit: 1,
      template: template({ command: ["sh", "-c", dollars(`exec ${merge}`)], env: [], cores: job.cores }),
    },
  }, ["Joins the results of all shards; it waits until it is no longer suspended."]);
}

const CONTAINER = "sweep";

const kind = (name: string) => ({ apiVersion: "batch/v1", kind: "Job", metadata: { name } });

function template({ command, env, cores }: {
  command: readonly string[];
  env: readonly { name: string; value: string }[];
  cores: number;
}) {
  const resources = { cpu: String(cores), memory: "4Gi" };
  return {
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: GRACE_SECONDS,
      containers: [{
        name: CONTAINER,
        image: IMAGE,
        workingDir: PROJECT,
        command,
        ...(env.length === 0 ? {} : { env }),
        resources: { requests: resources, limits: resources },
        volumeMounts: [{ name: VOLUME, mountPath: RUNS }],
      }],
      volumes: [{ name: VOLUME, persistentVolumeClaim: { claimName: CLAIM } }],
    },
  };
}

/** Kubernetes replaces `$(NAME)` in commands; `$$` stands for a `$`. */
function dollars(word: string): string {
  return word.replaceAll("$(", "$$$$(");
}

function escaped(job: SweepJob): SweepJob {
  return { ...job, words: job.words.map(dollars) };
}
