/**
 * The library of Open MPI: where it is, and its functions and handles.
 *
 * In Open MPI a handle is the address of an object in the library, found by its name. In MPICH handles are integers, so one program cannot use
 * both; the standard for both (MPI 5's ABI) is younger than what clusters have.
 *
 * @module
 */
import { messageOf, UsageError } from "../../core/errors.ts";

/** The functions that are called. Names and meanings: the MPI standard 3.1, https://www.mpi-forum.org/docs/. */
const FUNCTIONS = {
  MPI_Init: { parameters: ["pointer", "pointer"], result: "i32" },
  MPI_Finalize: { parameters: [], result: "i32" },
  MPI_Comm_rank: { parameters: ["pointer", "buffer"], result: "i32" },
  MPI_Comm_size: { parameters: ["pointer", "buffer"], result: "i32" },
  MPI_Comm_set_errhandler: { parameters: ["pointer", "pointer"], result: "i32" },
  MPI_Error_string: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  MPI_Barrier: { parameters: ["pointer"], result: "i32" },
  MPI_Bcast: { parameters: ["pointer", "i32", "pointer", "i32", "pointer"], result: "i32" },
  MPI_Allgather: {
    parameters: ["pointer", "i32", "pointer", "pointer", "i32", "pointer", "pointer"],
    result: "i32",
  },
  MPI_Allgatherv: {
    parameters: ["pointer", "i32", "pointer", "pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  MPI_Reduce_local: { parameters: ["pointer", "pointer", "i32", "pointer", "pointer"], result: "i32" },
  MPI_Alltoallv: {
    parameters: [
      "pointer",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
    ],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The handles that are used, by their names in the library. */
const HANDLES = {
  world: "ompi_mpi_comm_world",
  bytes: "ompi_mpi_byte",
  floats: "ompi_mpi_float",
  doubles: "ompi_mpi_double",
  sum: "ompi_mpi_op_sum",
  errorsReturn: "ompi_mpi_errors_return",
} as const;

/** The opened library. */
export interface MpiLibrary {
  readonly functions: Deno.StaticForeignLibraryInterface<typeof FUNCTIONS>;
  readonly handles: Readonly<Record<keyof typeof HANDLES, Deno.PointerObject>>;
}

/** What opens libraries: of the C library, whose functions load with the flags that Open MPI's own plug-ins need. */
interface Loader {
  open(path: string): Deno.PointerValue;
  find(library: Deno.PointerValue, name: string): Deno.PointerValue;
}

/** The systems on which Open MPI runs, with their C library, the flags RTLD_NOW and RTLD_GLOBAL, and the places of Open MPI's library. */
const SYSTEMS: Readonly<
  Record<string, { libc: readonly string[]; flags: number; places: readonly string[] }>
> = {
  linux: {
    libc: ["libc.so.6", "libc.so"],
    flags: 0x102,
    places: [
      // The loader's own search, which mpirun prepares: LD_LIBRARY_PATH, ld.so.conf.
      "libmpi.so.40",
      "/usr/lib/x86_64-linux-gnu/openmpi/lib/libmpi.so.40",
      "/usr/lib/aarch64-linux-gnu/openmpi/lib/libmpi.so.40",
      "/usr/lib64/openmpi/lib/libmpi.so.40",
    ],
  },
  darwin: {
    libc: ["libSystem.B.dylib"],
    flags: 0xa,
    places: ["libmpi.40.dylib", "/opt/homebrew/lib/libmpi.40.dylib", "/usr/local/lib/libmpi.40.dylib"],
  },
};

/** A variable with the path of the library, where it is in no usual place. */
const PATH_VARIABLE = "HOURGLASS_MPI";

/** The functions of the C library that load others. */
const LOADING = {
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
} as const;

/**
 * Opens the library.
 *
 * @param given Its path. @default {that in the variable HOURGLASS_MPI, else the usual places}
 * @throws {UsageError} When there is none, it is another MPI, or the permission is missing.
 */
export function openMpiLibrary(
  given: string | undefined = Deno.env.get(PATH_VARIABLE),
  os: string = Deno.build.os,
): MpiLibrary {
  const system = SYSTEMS[os];
  if (system === undefined) {
    throw new UsageError(`training on several processes must run on Linux or macOS with Open MPI, got ${os}`);
  }
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state !== "granted") {
    throw new UsageError(
      `training on several processes needs --allow-ffi for Open MPI, got permission "${state}" (use the task "run")`,
    );
  }
  const loader = loaderOf(system), places = given ? [given] : system.places;
  const path = places.find((place) => loader.open(place) !== null);
  if (path === undefined) {
    throw new UsageError(
      `training on several processes needs the library of Open MPI 4 or 5, got none at ${
        places.join(", ")
      } ` +
        `(install Open MPI, as in "apt install openmpi-bin", or set ${PATH_VARIABLE} to its libmpi)`,
    );
  }
  return connect(path, loader);
}

function loaderOf({ libc, flags }: typeof SYSTEMS[string]): Loader {
  const { symbols } = firstOf(libc, (name) => Deno.dlopen(name, LOADING));
  return {
    open: (path) => symbols.dlopen(cText(path), flags),
    find: (library, name) => symbols.dlsym(library, cText(name)),
  };
}

function firstOf<Result>(names: readonly string[], open: (name: string) => Result): Result {
  for (const name of names.slice(0, -1)) {
    try {
      return open(name);
    } catch {
      // Another C library.
    }
  }
  return open(names.at(-1)!);
}

function connect(path: string, loader: Loader): MpiLibrary {
  const library = loader.open(path), found: Record<string, Deno.PointerObject> = {};
  for (const [key, name] of Object.entries(HANDLES)) {
    const handle = loader.find(library, name);
    if (handle === null) throw notOpenMpi(path, versionOf(path));
    found[key] = handle;
  }
  try {
    return { functions: Deno.dlopen(path, FUNCTIONS).symbols, handles: found as MpiLibrary["handles"] };
  } catch (thrown) {
    throw notOpenMpi(path, messageOf(thrown));
  }
}

/** What another library says of itself: `MPICH Version: 4.0.2`. */
function versionOf(path: string): string {
  try {
    const { symbols } = Deno.dlopen(path, {
      MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
    });
    // MPI_MAX_LIBRARY_VERSION_STRING is 8192 in MPICH, 256 in Open MPI.
    const text = new Uint8Array(8192), length = new Int32Array(1);
    symbols.MPI_Get_library_version(text, length);
    const [line] = new TextDecoder().decode(text.subarray(0, length[0])).split("\n");
    return line.replace(/\0/g, "").replace(/\s+/g, " ").trim();
  } catch {
    return "a library that is no MPI";
  }
}

function notOpenMpi(path: string, found: string): UsageError {
  return new UsageError(
    `"${path}" must be the library of Open MPI 4 or 5, got ${found} ` +
      "(the handles of MPICH and its relatives are of another kind: use mpirun and libmpi of Open MPI)",
  );
}

/** A text as C has it. */
export function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
