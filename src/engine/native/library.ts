/**
 * ONNX Runtime's library: where npm's package has it, and whether it may and can be opened.
 *
 * The package brings libraries for all platforms, runs no code of its own when installed, and is fetched only when it is asked for.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, UsageError } from "../../core/errors.ts";

/** The version of the package and of the library in it. */
export const VERSION = "1.30.0";

/** The package as Deno imports it. */
export const PACKAGE = `npm:onnxruntime-node@${VERSION}`;

/** A library file: its path in the package, and the digest of what it must contain in hexadecimal digits. */
export interface LibraryFile {
  readonly path: string;
  readonly sha256: string;
}

/** The libraries by the platform's name as npm has it; there is none for Macs with Intel processors. */
const FILES: Readonly<Record<string, LibraryFile>> = {
  "linux/x64": {
    path: "bin/napi-v6/linux/x64/libonnxruntime.so.1",
    sha256: "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23",
  },
  "linux/arm64": {
    path: "bin/napi-v6/linux/arm64/libonnxruntime.so.1",
    sha256: "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76",
  },
  "darwin/arm64": {
    path: "bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib",
    sha256: "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d",
  },
  "win32/x64": {
    path: "bin/napi-v6/win32/x64/onnxruntime.dll",
    sha256: "508c362f5673483dd3a086379c392795b2e42d10d5e6f3f90ebd7ac21c97af67",
  },
  "win32/arm64": {
    path: "bin/napi-v6/win32/arm64/onnxruntime.dll",
    sha256: "6c3a2abf5c6aca11c48a0d338a91af309f2266f25ce2e4084e6a87bbcb0fbfd0",
  },
};

const SYSTEMS: Readonly<Record<string, string>> = { windows: "win32" };
const PROCESSORS: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** The library for a platform, named as in `Deno.build`; `undefined` where the package has none. */
export function libraryFile({ os, arch }: { os: string; arch: string }): LibraryFile | undefined {
  return FILES[`${SYSTEMS[os] ?? os}/${PROCESSORS[arch] ?? arch}`];
}

/** The library as the operating system has opened it. */
export interface OpenLibrary {
  /** Calls `OrtGetApiBase`: where the functions are found. */
  base(): Deno.PointerValue;
}

/** Brings the package if need be, and opens the library in it for a platform. */
export async function openPackagedLibrary(
  { os, arch }: { os: string; arch: string } = Deno.build,
): Promise<OpenLibrary> {
  const known = libraryFile({ os, arch });
  if (known === undefined) {
    throw new UsageError(
      `Cannot use the native engine as ONNX Runtime must have a library for the platform: current platform is ${os} ${arch}; use the wasm engine`,
    );
  }
  checkPermission();
  return openLibrary(new URL(known.path, await packageFolder()), known.sha256);
}

/** Functions at addresses can be called only with the permission to call any. */
function checkPermission(): void {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state === "granted") return;
  throw new UsageError(
    `Cannot use the native engine as calling libraries must be allowed: current permission is ${state}; run with --allow-ffi or use the wasm engine`,
  );
}

async function packageFolder(): Promise<URL> {
  try {
    // The import brings the package and runs none of its code; only after it does the name lead to a file.
    await import(`${PACKAGE}/package.json`, { with: { type: "json" } });
    const folder = new URL(import.meta.resolve(`${PACKAGE}/package.json`));
    if (folder.protocol === "file:") return folder;
    throw new TypeError(`its files must be on this machine: current place is ${folder.href}`);
  } catch (thrown) {
    throw new UsageError(
      `Cannot use the native engine as ${PACKAGE} must be in Deno's cache: ${
        messageOf(thrown)
      }; run "deno install" with a network or use the wasm engine`,
      { cause: thrown },
    );
  }
}

/** Opens a library file after looking at its digest (40 milliseconds): the system would crash on one that is cut short or full of holes. */
export function openLibrary(url: URL, sha256: string): OpenLibrary {
  try {
    const found = digestOf(url);
    if (found !== sha256) throw new TypeError(`its SHA-256 must be ${sha256}: current value is ${found}`);
    const { symbols } = Deno.dlopen(url, { OrtGetApiBase: { parameters: [], result: "pointer" } });
    return { base: () => symbols.OrtGetApiBase() };
  } catch (thrown) {
    const remedy = thrown instanceof Deno.errors.NotCapable
      ? "run with --allow-read"
      : `remove the package from Deno's cache ("deno info" says where that is) and run again`;
    throw new UsageError(
      `Cannot use the native engine as "${url.pathname}" must be the library of ${PACKAGE}: ${
        messageOf(thrown)
      }; ${remedy}, or use the wasm engine`,
      { cause: thrown },
    );
  }
}

/** SHA-256 of a file, read piece by piece: 46 MB at once would take longer to make room for than to hash. */
function digestOf(url: URL): string {
  const hash = createHash("sha256"), piece = new Uint8Array(1 << 18);
  using file = Deno.openSync(url);
  for (let read = file.readSync(piece); read !== null; read = file.readSync(piece)) {
    hash.update(piece.subarray(0, read));
  }
  return hash.digest("hex");
}
