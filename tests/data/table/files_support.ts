/** Tables as files of a test, and what they load as. @module */
import { loadTable } from "../../../src/data/table/load_table.ts";
import { openTableFile } from "../../../src/data/table/open.ts";
import { TableSpec } from "../../../src/data/table/options.ts";
import type { TableOptions } from "../../../src/data/table/options.ts";
import type { TableFormat } from "../../../src/data/table/contract.ts";
import type { Dataset } from "../../../src/data/dataset.ts";

/** The folder of Parquet files that pyarrow wrote. */
export const FILES = new URL("files/", import.meta.url).pathname;

/** Calls `use` with the paths of files of these contents, in a folder that is removed afterwards. */
export async function withFiles<Result>(
  contents: Readonly<Record<string, string | Uint8Array>>,
  use: (path: (name: string) => string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(contents)) {
      await Deno.writeFile(
        `${folder}/${name}`,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    }
    return await use((name) => `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All cells of a table, a row each, and its columns. */
export async function cellsOf(path: string, format: TableFormat = {}) {
  const file = await openTableFile(path, format), rows: unknown[][] = [];
  await file.read(file.columns.map((_, position) => position), async (block) => {
    const columns = await Promise.all(file.columns.map((_, position) => block.column(position)));
    for (let row = 0; row < block.count; row++) rows.push(columns.map((cells) => cells[row]));
  });
  return {
    file,
    names: file.columns.map(({ name }) => name),
    types: file.columns.map(({ type }) => type),
    rows,
  };
}

/** A dataset with what was logged and warned. */
export interface Loaded {
  readonly dataset: Dataset;
  readonly logged: string[];
  readonly warned: string[];
}

/** Loads tables of these contents; the first is the source. */
export function loadFiles(
  contents: Readonly<Record<string, string | Uint8Array>>,
  options: TableOptions = {},
  { seed = 1, memory }: { seed?: number; memory?: number } = {},
): Promise<Loaded> {
  return withFiles(contents, async (path) => {
    const spec = TableSpec.parse({ source: "table", file: path(Object.keys(contents)[0]), ...options });
    const places = { ...spec, ...(spec.test && { test: path(spec.test) }) };
    const logged: string[] = [], warned: string[] = [];
    const dataset = await loadTable(
      { ...places, ...(spec.validation && { validation: path(spec.validation) }) },
      { seed, memory, log: (message) => logged.push(message), warn: (message) => warned.push(message) },
    );
    return { dataset, logged, warned };
  }).catch((thrown) => {
    // Folders differ from run to run.
    if (thrown instanceof Error) thrown.message = thrown.message.replace(/"\/[^"]*\//g, '"');
    throw thrown;
  });
}

/** The rows of a split. */
export function rowsOf({ values, count }: Dataset["train"]): number[][] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, row) => [...values.subarray(row * size, (row + 1) * size)]);
}
