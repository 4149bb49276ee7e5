/** A CSV file of made numbers, for benches of tables. @module */
import { fillNormal } from "../src/core/random.ts";

/** Columns of the table. */
export const COLUMNS = 30;

/** Rows of features that follow from eight numbers of chance each, so that there is something to learn. */
export async function writeTable(path: string, rows: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder(), key = { seed: 1, stream: "analysis", epoch: 0 } as const;
  const write = async (text: string) => {
    const bytes = encoder.encode(text);
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  };
  await write(`${Array.from({ length: COLUMNS }, (_, column) => `x${column + 1}`).join(",")}\n`);
  const block = 10_000, draws = new Float32Array(block * (8 + COLUMNS));
  for (let first = 0; first < rows; first += block) {
    const count = Math.min(block, rows - first);
    const numbers = Uint32Array.from({ length: count }, (_, row) => first + row);
    fillNormal(draws, count, 8 + COLUMNS, numbers, key, 1);
    const lines = Array.from({ length: count }, (_, row) => {
      const own = draws.subarray(row * (8 + COLUMNS), (row + 1) * (8 + COLUMNS));
      return Array.from({ length: COLUMNS }, (_, column) => {
        const mixed = own[column % 8] + 0.5 * own[(3 * column + 1) % 8] + 0.2 * own[8 + column];
        return (10 * column + (1 + column) * mixed).toFixed(5);
      }).join(",");
    });
    await write(`${lines.join("\n")}\n`);
  }
}
