// Builds kernels.wasm from the AssemblyScript sources next to it: `deno task build:kernels`.
//
// The passes are few on purpose. Binaryen's usual ones sink every multiply-add into the expression that uses it, which puts those of
// one accumulator behind each other: the matrix product then waits for itself and is a third slower.
import asc from "assemblyscript/asc";

const PASSES = [
  "precompute-propagate",
  "vacuum",
  "dce",
  "remove-unused-brs",
  "remove-unused-names",
  "merge-blocks",
  "coalesce-locals",
  "vacuum",
  "reorder-locals",
  "vacuum",
  "optimize-instructions",
];

/** Compiles the kernels; the same bytes each time. Needs permission to read this folder (and assemblyscript's, under `-A`). */
export async function buildKernels() {
  let bytes;
  const errors = [];
  const { error } = await asc.main([
    "index.ts",
    ...["--outFile", "kernels.wasm"],
    ...["--enable", "simd", "--enable", "relaxed-simd", "--disableWarning", "112"],
    ...["--optimizeLevel", "0", "--runPasses", PASSES.join(",")],
    ...[
      "--noAssert",
      "--runtime",
      "stub",
      "--importMemory",
      "--initialMemory",
      "1",
      "--maximumMemory",
      "65536",
    ],
  ], {
    readFile: (name) => readOrNull(new URL(name, import.meta.url)),
    writeFile: (_name, contents) => bytes = contents,
    listFiles: () => [],
    stderr: { write: (text) => errors.push(String(text)) },
  });
  if (error !== null || bytes === undefined) {
    throw new Error(`The kernels must compile, got: ${errors.join("").trim() || error}`);
  }
  return bytes;
}

function readOrNull(url) {
  try {
    return Deno.readTextFileSync(url);
  } catch {
    return null;
  }
}

/** The text form of the kernels, which a module can import wherever it comes from. */
export function kernelsText(bytes) {
  return bytes.toBase64().replace(/.{1,100}/g, "$&\n");
}

if (import.meta.main) {
  const bytes = await buildKernels();
  Deno.writeFileSync(new URL("../kernels.wasm", import.meta.url), bytes);
  Deno.writeTextFileSync(new URL("../kernels.wasm.base64", import.meta.url), kernelsText(bytes));
}
