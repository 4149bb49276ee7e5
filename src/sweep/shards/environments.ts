/**
 * The shard of this process by the variables of the scheduler that started it.
 *
 * @module
 */
import { shortened, UsageError } from "../../core/errors.ts";
import { MOST_SHARDS, type Shard } from "./shard.ts";

/** The variables of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Variables for everything that is not in {@link ENVIRONMENTS}: an index from 0, and the number of shards. */
export const OWN_INDEX = "HOURGLASS_SHARD_INDEX", OWN_COUNT = "HOURGLASS_SHARD_COUNT";

/** What a scheduler sets in the processes of one job that it runs several times. */
interface Environment {
  /** Its name in messages. */
  readonly title: string;
  /** The variable of the index. It is set exactly where a process is one of several. */
  readonly index: string;
  /** The index of the first process; a number, or the variable that has it. */
  readonly first: 0 | 1 | string;
  /** The variable of the number of processes; missing where the scheduler has none. */
  readonly count?: string;
  /** A variable that must be set, too. */
  readonly also?: string;
  /** What to do where the number is unknown. */
  readonly remedy: string;
}

const SET_COUNT = `set ${OWN_COUNT} to the number of shards`;

/** Every scheduler whose processes are recognised, with the document that describes its variables. */
export const ENVIRONMENTS = {
  /** https://slurm.schedmd.com/job_array.html */
  slurmArray: {
    title: "Slurm array",
    index: "SLURM_ARRAY_TASK_ID",
    first: "SLURM_ARRAY_TASK_MIN",
    count: "SLURM_ARRAY_TASK_COUNT",
    remedy: "submit with sbatch --array=1-N",
  },
  /**
   * https://slurm.schedmd.com/srun.html, "Output environment variables". A batch script has SLURM_PROCID=0, too, and is one process of
   * however many tasks: only a step has SLURM_STEP_ID.
   */
  slurmTasks: {
    title: "Slurm tasks",
    index: "SLURM_PROCID",
    first: 0,
    count: "SLURM_NTASKS",
    also: "SLURM_STEP_ID",
    remedy: "start with srun --ntasks=N",
  },
  /** https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode: a pod does not see the number of completions. */
  kubernetes: {
    title: "Kubernetes indexed job",
    index: "JOB_COMPLETION_INDEX",
    first: 0,
    remedy: `${SET_COUNT}, as the file of --emit k8s does`,
  },
  /** https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
  awsBatch: {
    title: "AWS Batch array",
    index: "AWS_BATCH_JOB_ARRAY_INDEX",
    first: 0,
    count: "AWS_BATCH_JOB_ARRAY_SIZE",
    remedy: SET_COUNT,
  },
  /** https://docs.gitlab.com/ci/variables/predefined_variables: the index counts from 1; without `parallel` there is only the total. */
  gitlab: {
    title: "GitLab parallel job",
    index: "CI_NODE_INDEX",
    first: 1,
    count: "CI_NODE_TOTAL",
    remedy: "set parallel: N in the job",
  },
  /** https://buildkite.com/docs/pipelines/configure/environment-variables */
  buildkite: {
    title: "Buildkite parallel job",
    index: "BUILDKITE_PARALLEL_JOB",
    first: 0,
    count: "BUILDKITE_PARALLEL_JOB_COUNT",
    remedy: "set parallelism: N in the step",
  },
  /** https://circleci.com/docs/variables: set without parallelism, too, as 0 of 1. */
  circleci: {
    title: "CircleCI parallel job",
    index: "CIRCLE_NODE_INDEX",
    first: 0,
    count: "CIRCLE_NODE_TOTAL",
    remedy: "set parallelism: N in the job",
  },
  /**
   * GitHub Actions has no variables of its own for the place in a matrix; the file of `--emit github` sets these from
   * `strategy.job-index` and `strategy.job-total` (https://docs.github.com/en/actions/reference/workflows-and-actions/contexts).
   */
  variables: { title: "variables", index: OWN_INDEX, first: 0, count: OWN_COUNT, remedy: SET_COUNT },
} as const satisfies Readonly<Record<string, Environment>>;

/** A shard, and the variables that it is from: `Slurm array, SLURM_ARRAY_TASK_ID=2`. */
export interface FoundShard extends Shard {
  readonly from: string;
}

/**
 * The shard of this process. Own variables go before those of a scheduler; an environment of one process gives way to another.
 *
 * @throws {UsageError} Without any of the environments, with two at once, or where one lacks the number of shards.
 */
export function shardOfEnvironment(env: Variables): FoundShard {
  const set = (name: string) => env[name] !== undefined && env[name] !== "";
  const all: Environment[] = Object.values(ENVIRONMENTS);
  const present = all.filter(({ index, also }) => set(index) && (also === undefined || set(also)));
  const own = present.find(({ index }) => index === OWN_INDEX);
  const found = (own === undefined ? present : [own]).map((environment) => shardOf(environment, env));
  const several = found.filter(({ count }) => count > 1);
  if (several.length > 1) {
    throw new UsageError(
      `--shard auto must find one environment, got ${several.map(({ from }) => from).join(" and ")} (set ${
        [OWN_INDEX, OWN_COUNT].join(" and ")
      }, or use --shard i/n)`,
    );
  }
  const shard = several[0] ?? found[0];
  if (shard !== undefined) return shard;
  const titles = all.filter(({ index }) => index !== OWN_INDEX).map(({ title }) => title);
  throw new UsageError(
    `--shard auto must be started by a scheduler (${
      titles.join(", ")
    }) or with ${OWN_INDEX} and ${OWN_COUNT} set, got none of them (use --shard i/n)`,
  );
}

/** The shard by the variables of an environment. @throws {UsageError} */
function shardOf(environment: Environment, env: Variables): FoundShard {
  const { title, first, remedy } = environment;
  const index = wholeNumber(environment.index, env, title);
  const [counter, count] = countOf(environment, env);
  const offset = typeof first === "string" ? wholeNumber(first, env, title) : first;
  const place = environment === ENVIRONMENTS.slurmArray
    ? arrayPlace(index, offset, count, env)
    : index - offset;
  if (count < 1 || count > MOST_SHARDS || place < 0 || place >= count) {
    throw new UsageError(
      `${title}: ${environment.index} must be from ${offset} to ${
        offset + count - 1
      }, as ${counter} is ${count} ` +
        `(at most ${MOST_SHARDS}), got ${index} (${remedy})`,
    );
  }
  return { index: place + 1, count, from: `${title}, ${environment.index}=${index}` };
}

/** The number of processes, and the variable that it is from: our own where the scheduler has none. */
function countOf({ title, index, count, remedy }: Environment, env: Variables): [string, number] {
  const name = [count, OWN_COUNT].find((name) => name !== undefined && (env[name] ?? "") !== "");
  if (name !== undefined) return [name, wholeNumber(name, env, title)];
  throw new UsageError(
    `${title}: ${index} must come with the number of shards${
      count === undefined ? "" : ` in ${count}`
    }, got none (${remedy})`,
  );
}

/**
 * The place of a task in an array such as 2-8:2, from 0.
 *
 * Tasks of a list (--array=1,3,7) see only its least and greatest number and how many there are, not which: their place is unknown.
 */
function arrayPlace(id: number, min: number, count: number, env: Variables): number {
  const title = ENVIRONMENTS.slurmArray.title;
  const max = wholeNumber("SLURM_ARRAY_TASK_MAX", env, title),
    step = wholeNumber("SLURM_ARRAY_TASK_STEP", env, title);
  const place = (id - min) / step;
  const isRange = step >= 1 && max === min + (count - 1) * step && Number.isInteger(place);
  // A single task of a higher number is a part of an array that was submitted again, and not the whole of one.
  if (isRange && (count > 1 || id <= 1)) return place;
  const found = count === 1 ? `only ${id}` : `a list of ${count} numbers from ${min} to ${max}`;
  throw new UsageError(
    `${title}: --array must be one range such as 1-8 or 2-8:2, got ${found} (a task cannot see which other numbers ` +
      `there are; submit with --array=1-N, or use --shard $SLURM_ARRAY_TASK_ID/N)`,
  );
}

function wholeNumber(name: string, env: Variables, title: string): number {
  const text = env[name] ?? "";
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(
    `${title}: ${name} must be a whole number, got ${text === "" ? "nothing" : `"${shortened(text)}"`}`,
  );
}
