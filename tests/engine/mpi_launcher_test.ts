import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { rankPlace } from "../../src/engine/mpi/launcher.ts";
import { openMpiLibrary } from "../../src/engine/mpi/library.ts";

const OPEN_MPI = {
  OMPI_COMM_WORLD_RANK: "2",
  OMPI_COMM_WORLD_SIZE: "4",
  OMPI_COMM_WORLD_LOCAL_SIZE: "2",
  OMPI_COMM_WORLD_LOCAL_RANK: "0",
  // Open MPI's mpirun sets it, too.
  PMIX_RANK: "2",
};

const SLURM = {
  PMIX_RANK: "3",
  SLURM_STEP_NUM_TASKS: "4",
  SLURM_NTASKS: "8",
  SLURM_STEP_TASKS_PER_NODE: "2(x2)",
  SLURM_LOCALID: "1",
};

for (
  const [name, env, expected] of [
    ["a process without a launcher", {}, undefined],
    ["a rank of mpirun", OPEN_MPI, { rank: 2, size: 4, local: 2, localRank: 0 }],
    ["a task of srun --mpi=pmix", SLURM, { rank: 3, size: 4, local: 2, localRank: 1 }],
    ["the only rank", { OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "1" }, undefined],
    // Its tasks do not know of one another.
    ["a task of srun without MPI", { SLURM_PROCID: "1", SLURM_NTASKS: "4" }, undefined],
  ] as const
) {
  Deno.test(`rankPlace() knows ${name} by its environment`, () => deepEqual(rankPlace(env), expected));
}

Deno.test("rankPlace() refuses launchers whose processes Open MPI cannot join", () => {
  throws(() => rankPlace({ PMI_RANK: "1", PMI_SIZE: "4" }), {
    name: "UsageError",
    message: "a training on several processes must be started by mpirun of Open MPI or by srun --mpi=pmix, " +
      "got 4 processes of a launcher with PMI, as that of MPICH (Open MPI cannot join them)",
  });
  equal(rankPlace({ PMI_RANK: "0", PMI_SIZE: "1" }), undefined);
});

Deno.test("rankPlace() refuses a rank that is none", () => {
  throws(() => rankPlace({ OMPI_COMM_WORLD_RANK: "4", OMPI_COMM_WORLD_SIZE: "4" }), {
    name: "UsageError",
    message: /^OMPI_COMM_WORLD_RANK must be a rank below OMPI_COMM_WORLD_SIZE, got "4" of "4"/,
  });
});

Deno.test("openMpiLibrary() names the remedy where there is no library", () => {
  throws(() => openMpiLibrary("/nowhere/libmpi.so.40"), {
    name: "UsageError",
    message:
      "training on several processes needs the library of Open MPI 4 or 5, got none at /nowhere/libmpi.so.40 " +
      '(install Open MPI, as in "apt install openmpi-bin", or set HOURGLASS_MPI to its libmpi)',
  });
  throws(() => openMpiLibrary(undefined, "windows"), {
    name: "UsageError",
    message: "training on several processes must run on Linux or macOS with Open MPI, got windows",
  });
});

Deno.test({
  name: "openMpiLibrary() refuses a library that is not Open MPI's",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    throws(() => openMpiLibrary("libc.so.6"), {
      name: "UsageError",
      message:
        /^"libc.so.6" must be the library of Open MPI 4 or 5, got a library that is no MPI \(the handles of MPICH/,
    }),
});

Deno.test({
  name: "openMpiLibrary() names the missing permission",
  permissions: { ffi: false, env: true },
  fn: () =>
    throws(() => openMpiLibrary(), {
      name: "UsageError",
      message: /^training on several processes needs --allow-ffi for Open MPI, got permission "/,
    }),
});

Deno.test({
  name: "the modules of Open MPI load without the permission, which only their calls need",
  permissions: { ffi: false, read: true, import: true },
  fn: () =>
    import("../../src/engine/mpi/communicator.ts").then(({ joinRanks }) =>
      equal(typeof joinRanks, "function")
    ),
});
