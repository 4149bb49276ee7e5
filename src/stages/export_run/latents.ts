// n = samples, K = latent dimensions.

/** The latent points of whole splits, as files. @module */
import { encodeImages } from "../../analysis/reconstruction/inference.ts";
import type { Dataset, Split, SplitName } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { floatBytes, npyHeader } from "../../export/arrays/npy.ts";
import type { Column } from "../../export/arrays/table.ts";
import { csvText, parquetBytes } from "../../export/arrays/table_bytes.ts";
import type { Cell } from "../../export/tables/csv.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import type { LatentFormat } from "./settings.ts";

/** Writes `latents/<split>.<format>` for each split: posterior means (an AE's latents) in the order of the split; returns the files. */
export async function writeLatents(
  engine: Engine,
  model: TrainedModel,
  dataset: Dataset,
  format: LatentFormat,
  { writeArtifact }: Pick<StageContext, "writeArtifact">,
): Promise<string[]> {
  const { train, test, validation } = dataset, files: string[] = [];
  const splits: [SplitName, Split | undefined][] = [
    ["train", train],
    ["test", test === train ? undefined : test],
    ["validation", validation],
  ];
  for (const [name, split] of splits) {
    if (split === undefined) continue;
    const points = encodeImages(engine, model, split), file = `latents/${name}.${format}`;
    await writeArtifact(
      file,
      `the latent points of the ${name} split`,
      await contentOf(points, split, dataset, model, format),
    );
    files.push(file);
  }
  return files;
}

async function contentOf(
  points: Float32Array,
  { count, names, labels }: Split,
  { labelNames }: Dataset,
  { spec: { latent } }: TrainedModel,
  format: LatentFormat,
): Promise<Uint8Array | string> {
  if (format === "npy") {
    const header = npyHeader([count, latent]), bytes = new Uint8Array(header.length + points.byteLength);
    bytes.set(header);
    bytes.set(floatBytes(points), header.length);
    return bytes;
  }
  const columns: Column[] = [
    names === undefined ? { name: "sample", type: "integer" } : { name: "name", type: "text" },
    ...labels === undefined ? [] : [{ name: "label", type: "text" } as const],
    ...Array.from({ length: latent }, (_, k): Column => ({ name: `z${k}`, type: "float" })),
  ];
  const rows = Array.from({ length: count }, (_, row): Cell[] => [
    names?.[row] ?? row,
    ...labels === undefined ? [] : [labelNames?.[labels[row]] ?? String(labels[row])],
    ...points.subarray(row * latent, (row + 1) * latent),
  ]);
  return format === "csv" ? csvText(columns, rows) : await parquetBytes(columns, rows);
}
