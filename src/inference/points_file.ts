/** Reads latent points from a file. @module */
import { RunError } from "../core/errors.ts";
import { sampleSize } from "../core/shape.ts";
import { checkInputFile } from "./input_file.ts";
import { arrayInput } from "./array_input.ts";
import { isArrayName } from "./array_name.ts";

/** The points in an .npy file or in a table as `encode` writes it. Shape [n, K]. */
export async function readPoints(path: string, latent: number): Promise<Float32Array> {
  checkInputFile(path);
  const must = `"${path}" must have ${latent} latent dimensions as the model has`;
  if (!isArrayName(path)) return readDelimited(path, latent, must);
  const input = await arrayInput(path, () => {});
  try {
    const size = sampleSize(input.shape);
    if (size !== latent || input.kind === "bytes") {
      throw new RunError(
        `${must}, got ${input.kind === "bytes" ? "bytes" : `${size}`} (pass what encode wrote)`,
      );
    }
    const values = new Float32Array(input.count * size);
    await input.read(0, values);
    return values;
  } finally {
    input.close?.();
  }
}

/** The columns `z0`, `z1`, ... of a table, or all columns of one that has no others. */
function readDelimited(path: string, latent: number, must: string): Float32Array {
  const lines = Deno.readTextFileSync(path).split(/\r?\n/).filter((line) => line !== "");
  const delimiter = /\.tsv$/i.test(path) ? "\t" : ",", [head = ""] = lines, names = head.split(delimiter);
  const hasNames = names.some((name) => !Number.isFinite(Number(name)) || name === "");
  const columns = names.flatMap((name, at) => !hasNames || /^z\d+$/.test(name) ? [at] : []);
  if (columns.length !== latent) {
    throw new RunError(`${must} in columns z0 to z${latent - 1}, got ${columns.length} such columns`);
  }
  const rows = lines.slice(hasNames ? 1 : 0).map((line) => line.split(delimiter));
  return Float32Array.from(rows.flatMap((cells, row) =>
    columns.map((at) => {
      // The names of files may have the delimiter in quotes: columns are counted from the end.
      const cell = cells[cells.length - names.length + at] ?? "", value = Number(cell);
      if (cell !== "" && Number.isFinite(value)) return value;
      throw new RunError(
        `"${path}" must have a finite number in row ${row + 1}, column "${names[at]}", got "${cell}"`,
      );
    })
  ));
}
