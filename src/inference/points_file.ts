/** Reads latent points from a file. @module */
import { RunError } from "../core/errors.ts";
import { sampleSize } from "../core/shape.ts";
import { numberOf } from "../data/table/cells.ts";
import type { TableFile } from "../data/table/contract.ts";
import { openTableFile } from "../data/table/open.ts";
import { checkInputFile } from "./input_file.ts";
import { arrayInput } from "./array_input.ts";
import { isArrayName } from "./array_name.ts";

/** The points in an .npy file, or in a table (CSV, TSV, Parquet) as `encode` writes it. Shape [n, K]. */
export async function readPoints(
  path: string,
  latent: number,
  what = "latent dimensions",
): Promise<Float32Array> {
  checkInputFile(path);
  const must = `"${path}" must have ${latent} ${what} as the model has`;
  if (!isArrayName(path)) return await readTable(path, latent, must);
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

/** A table and where the latent dimensions are in it. */
interface PointsTable {
  readonly file: TableFile;
  readonly columns: readonly number[];
}

/** The points of a table's rows. */
async function readTable(path: string, latent: number, must: string): Promise<Float32Array> {
  const { file, columns } = await openPoints(path, latent, must), values: number[] = [];
  await file.read(columns, async ({ first, count, column }) => {
    const cells = await Promise.all(columns.map(column)), start = values.length;
    cells.forEach((own, dimension) => {
      const { name, type } = file.columns[columns[dimension]];
      for (let row = 0; row < count; row++) {
        const value = numberOf(own[row], type === "text" ? "number" : type, file.decimal);
        if (value === undefined || !Number.isFinite(value)) {
          throw new RunError(
            `"${path}" must have a finite number in row ${first + row + 1}, column "${name}", got "${
              own[row]
            }"`,
          );
        }
        values[start + row * latent + dimension] = value;
      }
    });
  });
  return Float32Array.from(values);
}

/** The columns `z0`, `z1`, ... of a table, as `encode` writes it, or all columns of one without names. */
async function openPoints(path: string, latent: number, must: string): Promise<PointsTable> {
  const named = await openTableFile(path), names = named.columns.map(({ name }) => name);
  const isNamed = named.format === "Parquet" ||
    !names.every((name) => name !== "" && Number.isFinite(Number(name)));
  const file = isNamed ? named : await openTableFile(path, { header: false });
  const columns = [...names.keys()].filter((at) => !isNamed || /^(z|code)\d+$/.test(names[at]));
  if (columns.length !== latent) {
    throw new RunError(`${must} in columns z0 to z${latent - 1}, got ${columns.length} such columns`);
  }
  return { file, columns };
}
