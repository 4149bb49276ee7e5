/**
 * Tables in Parquet files, read by hyparquet: the metadata at once, the columns of one row group after the other.
 *
 * @module
 */
import { importPackage } from "../../core/import_package.ts";
import { messageOf, RunError } from "../../core/errors.ts";
import type { Cell, Column, RowBlock, TableFile } from "./contract.ts";

/** The part of hyparquet's schema that is used. */
interface SchemaElement {
  readonly type?: string;
  readonly converted_type?: string;
  readonly logical_type?: { readonly type: string };
  readonly repetition_type?: string;
  readonly name: string;
}

interface SchemaTree {
  readonly children: readonly SchemaTree[];
  readonly element: SchemaElement;
}

interface FileMetadata {
  readonly num_rows: bigint;
  readonly row_groups: readonly {
    readonly columns: readonly { readonly meta_data?: { readonly codec: string } }[];
  }[];
}

interface AsyncBuffer {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer;
}

/** The part of hyparquet that is used. */
interface Hyparquet {
  parquetMetadataAsync(file: AsyncBuffer): Promise<FileMetadata>;
  parquetSchema(metadata: FileMetadata): SchemaTree;
  parquetScan(options: object): Promise<{
    readonly ranges: readonly { readonly rowStart: number; readonly rowEnd: number }[];
    readColumn(part: { column: string; rowStart: number; rowEnd: number }): Promise<ArrayLike<Cell>>;
  }>;
}

/** The codecs that hyparquet reads by itself. */
const OWN_CODECS = new Set(["UNCOMPRESSED", "SNAPPY"]);

function loadParser(): Promise<Hyparquet> {
  return importPackage<Hyparquet>("npm:hyparquet@1.33.0");
}

/** Further codecs, loaded when a file is compressed by one of them. */
async function compressorsFor({ row_groups: groups }: FileMetadata): Promise<object | undefined> {
  const codecs = groups.flatMap(({ columns }) => columns.map(({ meta_data: data }) => data?.codec ?? ""));
  if (codecs.every((codec) => OWN_CODECS.has(codec))) return undefined;
  return (await importPackage<{ compressors: object }>("npm:hyparquet-compressors@1.1.2")).compressors;
}

/** A file whose ranges are read when they are asked for. */
function bufferOf(path: string): AsyncBuffer {
  return {
    byteLength: Deno.statSync(path).size,
    slice(start, end = Deno.statSync(path).size) {
      using file = Deno.openSync(path);
      file.seekSync(start, Deno.SeekMode.Start);
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length;) {
        const count = file.readSync(bytes.subarray(done));
        if (count === null) throw new RangeError("the file ends early");
        done += count;
      }
      return bytes.buffer;
    },
  };
}

/** Gives what a step of decoding gives. @throws {RunError} When it fails. */
async function decoded<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (thrown) {
    throw new RunError(
      `"${path}" must be a whole Parquet file that is not encrypted, got one that does not decode: ${
        messageOf(thrown)
      } (write it again)`,
    );
  }
}

/** Opens a Parquet file: reads its metadata. @throws {RunError} */
export async function openParquet(path: string): Promise<TableFile> {
  const parser = await loadParser(), file = bufferOf(path);
  const checked = <Result>(read: () => Promise<Result>) => decoded(path, read);
  const { metadata, schema } = await checked(async () => {
    const metadata = await parser.parquetMetadataAsync(file);
    return { metadata, schema: parser.parquetSchema(metadata) };
  });
  const columns = schema.children.map(columnOf), rows = Number(metadata.num_rows);
  return {
    path,
    format: "Parquet",
    columns,
    rows,
    decimal: ".",
    warnings: [],
    mostRows: () => Promise.resolve(rows),
    async read(_wanted, visit) {
      const compressors = await compressorsFor(metadata);
      const scanOf = (columns: string[]) =>
        checked(() => parser.parquetScan({ file, metadata, compressors, columns }));
      const { ranges } = await scanOf([]);
      for (const { rowStart, rowEnd } of ranges) {
        const block: RowBlock = {
          first: rowStart,
          count: rowEnd - rowStart,
          async column(position) {
            // A scan keeps what it has read: one for each column lets go of the one before.
            const { name } = columns[position], scan = await scanOf([name]);
            return await checked(() => scan.readColumn({ column: name, rowStart, rowEnd }));
          },
        };
        await visit(block);
      }
    },
  };
}

const NUMBERS: Readonly<Record<string, Column["type"]>> = {
  BOOLEAN: "boolean",
  INT32: "integer",
  INT64: "integer",
  FLOAT: "number",
  DOUBLE: "number",
  INT96: "date",
  BYTE_ARRAY: "text",
};

function columnOf({ element, children }: SchemaTree): Column {
  const { name, type = "", converted_type: converted = "", repetition_type: repetition } = element;
  const logical = element.logical_type?.type ?? "";
  const other = (what: string): Column => ({ name, type: "other", what });
  if (repetition === "REPEATED" || converted === "LIST" || logical === "LIST") return other("lists");
  if (children.length > 0) {
    return other(converted.startsWith("MAP") || logical === "MAP" ? "maps" : "structures");
  }
  if (converted === "DATE" || logical === "DATE" || /^TIMESTAMP/.test(converted) || logical === "TIMESTAMP") {
    return { name, type: "date" };
  }
  if (/^TIME/.test(converted) || logical === "TIME") return other("times of day");
  if (converted === "DECIMAL" || logical === "DECIMAL" || logical === "FLOAT16") {
    return { name, type: "number" };
  }
  if (converted === "JSON" || logical === "JSON" || converted === "BSON" || logical === "BSON") {
    return other("structures");
  }
  if (logical === "UUID") return { name, type: "text" };
  if (["GEOMETRY", "GEOGRAPHY", "VARIANT"].includes(logical)) return other("structures");
  if (type === "BYTE_ARRAY" && converted === "" && logical === "") return other("bytes");
  const known = NUMBERS[type];
  return known === undefined ? other("bytes") : { name, type: known };
}
