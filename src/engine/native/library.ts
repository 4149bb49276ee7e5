/**
 * ONNX Runtime's library: its path in the npm package, and opening it.
 *
 * The package brings libraries for all platforms, runs no code of its own when installed, and is fetched only when the native engine is used.
 *
 * @module
 */
import { importPackageJson } from "../../core/import_package.ts";
import { createHash } from "node:crypto";
import { messageOf, UsageError } from "../../core/errors.ts";

/** The version of the package and of the library in it. */
export const VERSION = "1.30.0";

/** The package as Deno imports it. */
export const PACKAGE = `npm:onnxruntime-node@${VERSION}`;

/** A library file: its path in the package, its size, and the digest of what it must contain in hexadecimal digits. */
export interface LibraryFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The libraries by the platform's name as npm has it; there is none for Macs with Intel processors. */
const FILES: Readonly<Record<string, LibraryFile>> = {
  "linux/x64": {
    path: "bin/napi-v6/linux/x64/libonnxruntime.so.1",
    bytes: 45_828_512,
    sha256: "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23",
  },
  "linux/arm64": {
    path: "bin/napi-v6/linux/arm64/libonnxruntime.so.1",
    bytes: 25_135_496,
    sha256: "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76",
  },
  "darwin/arm64": {
    path: "bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib",
    bytes: 44_589_928,
    sha256: "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d",
  },
  "win32/x64": {
    path: "bin/napi-v6/win32/x64/onnxruntime.dll",
    bytes: 28_754_232,
    sha256: "508c362f5673483dd3a086379c392795b2e42d10d5e6f3f90ebd7ac21c97af67",
  },
  "win32/arm64": {
    path: "bin/napi-v6/win32/arm64/onnxruntime.dll",
    bytes: 29_815_136,
    sha256: "6c3a2abf5c6aca11c48a0d338a91af309f2266f25ce2e4084e6a87bbcb0fbfd0",
  },
};

const SYSTEMS: Readonly<Record<string, string>> = { windows: "win32" };
const PROCESSORS: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** The library for a platform, named as in `Deno.build`; `undefined` where the package has none. */
export function libraryFile({ os, arch }: Platform): LibraryFile | undefined {
  return FILES[`${SYSTEMS[os] ?? os}/${PROCESSORS[arch] ?? arch}`];
}

/** An opened library. */
export interface OpenLibrary {
  /** Calls `OrtGetApiBase`, which leads to the functions. */
  base(): Deno.PointerValue;
}

/** Downloads the package if needed, and opens its library for a platform. */
export async function openPackagedLibrary(platform: Platform = Deno.build): Promise<OpenLibrary> {
  const { url, known } = await findLibrary(platform);
  return openLibrary(url, known.sha256);
}

/**
 * Why the library cannot be opened here, as far as it shows without reading it: the platform, the permission, a file that is missing or cut
 * short. For plans, as checking its digest and opening it takes a fifth of their time. `undefined` when nothing is missing.
 */
export async function missingLibrary(platform: Platform = Deno.build): Promise<string | undefined> {
  try {
    const { url, known } = await findLibrary(platform);
    checkSize(url, known.bytes);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** A platform, named as in `Deno.build`. */
interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** The library of a platform and where it is, once its package is downloaded. */
async function findLibrary({ os, arch }: Platform): Promise<{ url: URL; known: LibraryFile }> {
  const known = libraryFile({ os, arch });
  if (known === undefined) {
    throw new UsageError(
      `the native engine needs a library of ONNX Runtime for ${os} ${arch}, got none (use the wasm engine)`,
    );
  }
  checkPermission();
  return { known, url: new URL(known.path, await packageFolder()) };
}

/** Calling functions by address needs the full FFI permission. */
function checkPermission(): void {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state === "granted") return;
  throw new UsageError(
    `the native engine needs --allow-ffi, got permission "${state}" (add --allow-ffi, or use the wasm engine)`,
  );
}

async function packageFolder(): Promise<URL> {
  try {
    // The import downloads the package and runs none of its code; only then does its name resolve to a file.
    await importPackageJson(`${PACKAGE}/package.json`);
    const folder = new URL(import.meta.resolve(`${PACKAGE}/package.json`));
    if (folder.protocol === "file:") return folder;
    throw new TypeError(`its files must be on this machine, got ${folder.href}`);
  } catch (thrown) {
    throw new UsageError(
      `the native engine needs ${PACKAGE} in Deno's cache: ${
        messageOf(thrown)
      } (run "deno install" with a network, or use the wasm engine)`,
      { cause: thrown },
    );
  }
}

/** Checks that a library file is there, whole. */
export function checkSize(url: URL, bytes: number): void {
  try {
    const { size } = Deno.statSync(url);
    if (size !== bytes) throw new TypeError(`it must have ${bytes} bytes, got ${size}`);
  } catch (thrown) {
    throw notTheLibrary(url, thrown);
  }
}

/** Opens a library file after checking its digest (40 ms): the process would crash on a truncated or damaged file. */
export function openLibrary(url: URL, sha256: string): OpenLibrary {
  try {
    const found = digestOf(url);
    if (found !== sha256) throw new TypeError(`its SHA-256 must be ${sha256}, got ${found}`);
    const { symbols } = Deno.dlopen(url, { OrtGetApiBase: { parameters: [], result: "pointer" } });
    return { base: () => symbols.OrtGetApiBase() };
  } catch (thrown) {
    throw notTheLibrary(url, thrown);
  }
}

function notTheLibrary(url: URL, thrown: unknown): UsageError {
  const remedy = thrown instanceof Deno.errors.NotCapable
    ? "run with --allow-read"
    : `remove the package from Deno's cache, whose folder "deno info" shows, and run again`;
  return new UsageError(
    `"${url.pathname}" must be the library of ${PACKAGE}: ${
      messageOf(thrown)
    } (${remedy}, or use the wasm engine)`,
    { cause: thrown },
  );
}

/** SHA-256 of a file, read in chunks: allocating 46 MB at once would take longer than hashing them. */
function digestOf(url: URL): string {
  const hash = createHash("sha256"), piece = new Uint8Array(1 << 18);
  using file = Deno.openSync(url);
  for (let read = file.readSync(piece); read !== null; read = file.readSync(piece)) {
    hash.update(piece.subarray(0, read));
  }
  return hash.digest("hex");
}
