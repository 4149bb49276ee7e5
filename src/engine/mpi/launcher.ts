/**
 * Whether a launcher of MPI programs has started this process, and as which of how many, by its environment, without any library.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";

/** The place of a process among those that were started together. */
export interface RankPlace {
  /** Counted from 0. */
  readonly rank: number;
  readonly size: number;
  /** How many of them are on this machine. */
  readonly local: number;
  /** Its number among those on this machine. */
  readonly localRank: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a launcher sets. */
interface Launcher {
  readonly rank: string;
  /** The variables that may hold the number of processes, the first that is set counts. */
  readonly size: readonly string[];
  /** The number on this machine, and which of them this is. */
  readonly local: string;
  readonly localRank: string;
}

/** `mpirun` of Open MPI, and Slurm's `srun --mpi=pmix`, which Open MPI joins. The first whose rank is set counts. */
const LAUNCHERS: readonly Launcher[] = [
  {
    rank: "OMPI_COMM_WORLD_RANK",
    size: ["OMPI_COMM_WORLD_SIZE"],
    local: "OMPI_COMM_WORLD_LOCAL_SIZE",
    localRank: "OMPI_COMM_WORLD_LOCAL_RANK",
  },
  {
    rank: "PMIX_RANK",
    size: ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"],
    local: "SLURM_STEP_TASKS_PER_NODE",
    localRank: "SLURM_LOCALID",
  },
];

/**
 * The place that a launcher has given this process; `undefined` where none has, or where it is the only one.
 *
 * @throws {UsageError} When the launcher is one that Open MPI cannot join: each process would take itself for the only one.
 */
export function rankPlace(env: Environment): RankPlace | undefined {
  const launcher = LAUNCHERS.find(({ rank }) => env[rank] !== undefined);
  if (launcher === undefined) {
    refuseOthers(env);
    return undefined;
  }
  const given = launcher.size.map((name) => env[name]).find((value) => value);
  const rank = Number(env[launcher.rank]), size = Number(given ?? 1);
  if (!(Number.isInteger(rank) && Number.isInteger(size) && 0 <= rank && rank < size)) {
    throw new UsageError(
      `${launcher.rank} must be a rank below ${launcher.size[0]}, got "${
        env[launcher.rank]
      }" of "${given}" (start with mpirun of Open MPI, or with srun --mpi=pmix)`,
    );
  }
  if (size === 1) return undefined;
  // Slurm lists tasks per node, as in 2(x3),1: the first node is enough to choose threads.
  const local = parseInt(env[launcher.local] ?? String(size)) || 1;
  return { rank, size, local, localRank: Number(env[launcher.localRank] ?? rank) };
}

/** MPICH's `mpiexec`, and `srun --mpi=pmi2`. */
function refuseOthers(env: Environment): void {
  const size = Number(env.PMI_SIZE ?? 1);
  if (env.PMI_RANK === undefined || !(size > 1)) return;
  throw new UsageError(
    `a training on several processes must be started by mpirun of Open MPI or by srun --mpi=pmix, got ${size} processes of a ` +
      "launcher with PMI, as that of MPICH (Open MPI cannot join them)",
  );
}
