import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { nativeEngine, nativeProblem } from "../../src/engine/native.ts";
import { checkVersion } from "../../src/engine/native/api.ts";
import {
  checkSize,
  libraryFile,
  missingLibrary,
  openLibrary,
  openPackagedLibrary,
} from "../../src/engine/native/library.ts";
import { LOCKED } from "../support/program.ts";

Deno.test("libraryFile() gives the package's path for each platform that it serves", () => {
  const path = (os: string, arch: string) => libraryFile({ os, arch })?.path;
  deepEqual(
    [
      path("linux", "x86_64"),
      path("linux", "aarch64"),
      path("darwin", "aarch64"),
      path("windows", "x86_64"),
      path("windows", "aarch64"),
    ],
    [
      "bin/napi-v6/linux/x64/libonnxruntime.so.1",
      "bin/napi-v6/linux/arm64/libonnxruntime.so.1",
      "bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib",
      "bin/napi-v6/win32/x64/onnxruntime.dll",
      "bin/napi-v6/win32/arm64/onnxruntime.dll",
    ],
  );
});

Deno.test("libraryFile() is undefined for Macs with Intel processors and systems without a library", () => {
  equal(libraryFile({ os: "darwin", arch: "x86_64" }), undefined);
  equal(libraryFile({ os: "freebsd", arch: "x86_64" }), undefined);
  equal(libraryFile({ os: "linux", arch: "riscv64" }), undefined);
});

Deno.test("openPackagedLibrary() names the remedy on a platform without a library", async () => {
  await rejects(openPackagedLibrary({ os: "darwin", arch: "x86_64" }), {
    name: "UsageError",
    message:
      "the native engine needs a library of ONNX Runtime for darwin x86_64, got none (use the wasm engine)",
  });
});

Deno.test({
  name: "openPackagedLibrary() names the missing permission, before it opens anything",
  permissions: { ffi: false, read: true, import: true },
  fn: () =>
    rejects(openPackagedLibrary(), {
      name: "UsageError",
      message: /^the native engine needs --allow-ffi, got permission .* --allow-ffi, or use/,
    }),
});

/** SHA-256 of a file's bytes, in hexadecimal digits. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A file of these bytes, for as long as `use` runs. */
async function withFile(bytes: Uint8Array, use: (url: URL) => void | Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeFile(path, bytes);
    await use(new URL(`file://${path}`));
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("openLibrary() refuses a file that is missing, cut short or something else, without opening it", async () => {
  throws(() => openLibrary(new URL("file:///nowhere/libonnxruntime.so.1"), "00"), {
    name: "UsageError",
    message:
      /"\/nowhere\/libonnxruntime.so.1" must be the library of npm:onnxruntime-node@1.30.0: .* \(remove the/,
  });
  // What the system would take for a library, up to where the download broke off.
  const head = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...new Uint8Array(5000));
  await withFile(head, (url) => {
    throws(
      () => openLibrary(url, "00".repeat(32)),
      /its SHA-256 must be 0000.*, got [0-9a-f]{64}/,
    );
  });
});

Deno.test("openLibrary() reports the system's error about a file", async () => {
  const text = new TextEncoder().encode("not a library");
  await withFile(text, async (url) => {
    const expected = await sha256(text);
    throws(() => openLibrary(url, expected), { name: "UsageError", message: /Could not open library/ });
  });
});

Deno.test("missingLibrary() finds what is missing without opening the library", async () => {
  equal(
    await missingLibrary({ os: "darwin", arch: "x86_64" }),
    "the native engine needs a library of ONNX Runtime for darwin x86_64, got none (use the wasm engine)",
  );
  // The package brings the libraries of all platforms, so the sizes of all can be checked.
  for (const os of ["linux", "darwin", "windows"]) {
    equal(await missingLibrary({ os, arch: "aarch64" }), undefined);
    if (os !== "darwin") equal(await missingLibrary({ os, arch: "x86_64" }), undefined);
  }
});

Deno.test("checkSize() refuses a library that is missing or cut short", async () => {
  throws(() => checkSize(new URL("file:///nowhere/libonnxruntime.so.1"), 10), {
    name: "UsageError",
    message:
      /"\/nowhere\/libonnxruntime.so.1" must be the library of npm:onnxruntime-node@1.30.0: .* \(remove the/,
  });
  await withFile(new Uint8Array(9), (url) => {
    throws(() => checkSize(url, 10), /it must have 10 bytes, got 9 \(remove the package/);
    checkSize(url, 9);
  });
});

Deno.test("checkVersion() refuses a library of another version", () => {
  checkVersion("1.30.0");
  throws(() => checkVersion("1.29.1"), {
    name: "UsageError",
    message: "the native engine needs ONNX Runtime 1.30.0, got 1.29.1 (use the wasm engine)",
  });
});

Deno.test("nativeProblem() is one line, or undefined where the engine is available", async () => {
  const problem = await nativeProblem();
  if (libraryFile(Deno.build) === undefined) match(problem!, /^the native engine needs [^\n]*$/);
  else equal(problem, undefined);
});

Deno.test("nativeEngine() refuses threads that are not a whole number from 1", async () => {
  for (const threads of [0, -1, 1.5, NaN, 257]) {
    await rejects(nativeEngine({ threads }), {
      name: "RangeError",
      message: `threads of the native engine must be an integer from 1 to 256, got ${threads}`,
    });
  }
});

/** What each permission that is missing leads to; the program itself continues. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "--allow-read": /^the native engine needs --allow-ffi, .*add --allow-ffi, or use the wasm/,
  "--allow-read --allow-ffi=/nowhere": /^the native engine needs --allow-ffi/,
  "--allow-ffi":
    /must be the library of npm:onnxruntime-node@[\d.]+: Requires read access .*run with --allow-read/,
};

for (const [permissions, expected] of Object.entries(REFUSED)) {
  Deno.test(`nativeProblem() names what is missing with only ${permissions} is given`, async () => {
    const door = new URL("../../src/engine/native.ts", import.meta.url).href;
    const code = `import { nativeProblem } from "${door}"; console.log(await nativeProblem());`;
    const url = `data:application/typescript,${encodeURIComponent(code)}`;
    const { code: exitCode, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--allow-import", ...LOCKED, ...permissions.split(" "), url],
    }).output();
    const [line, ...more] = new TextDecoder().decode(stdout).trim().split("\n");
    match(line, expected);
    deepEqual([exitCode, more], [0, []]);
  });
}
