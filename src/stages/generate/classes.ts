/** New images of a conditional model, class by class. @module */
import { classAccuracy } from "../../analysis/novelty/generated_classes.ts";
import { decodePoints } from "../../analysis/reconstruction/inference.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodePng } from "../../export/pictures.ts";
import { sheet, type Tile } from "../../export/sheet.ts";
import { classesOf, classIndex, conditionsOf } from "../../models/condition.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { estimated, measuredMetrics } from "../../pipeline/metric.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
import { blankTile, modelTiles } from "../tiles.ts";

/** What is decoded, and how it is shown. */
interface Generation {
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly model: TrainedModel;
  /** The latent points of the images [n, K]. */
  readonly points: Float32Array;
  /** Where they come from, as text. */
  readonly source: string;
  readonly options: { readonly shown: number | null; readonly classes?: readonly string[] };
}

/** At most how many latent points are decoded as every class. */
const STYLES = 10;

/** Decodes points as images of classes in turn, draws a row for each class, and measures whether they are of it. */
export async function generateClasses(
  generation: Generation,
  context: StageContext,
): Promise<StageResult<{ generated: Float32Array }>> {
  const { engine, dataset, model, points, source, options } = generation, known = classesOf(model.spec);
  const chosen = options.classes?.map((name) => classIndex(model.spec, name, "classes")) ?? [...known.keys()];
  const count = points.length / model.spec.latent;
  const indices = Uint16Array.from({ length: count }, (_, row) => chosen[row % chosen.length]);
  const generated = decodePoints(engine, model, points, conditionsOf(model.spec, indices));
  await drawRows(generation, generated, chosen, context);
  await drawStyles(generation, chosen, context);
  const accuracy = classAccuracy(engine, dataset, generated, indices.map((index) => known[index].label));
  const info = { unit: "share of samples", direction: "higher", estimator: accuracy?.estimator } as const;
  const share = accuracy?.generated === undefined
    ? ""
    : `; ${(100 * accuracy.generated.value).toFixed(1)} % are classified as the requested class`;
  return {
    outputs: { generated },
    metrics: measuredMetrics({
      classAccuracy: estimated(accuracy?.generated, info),
      realClassAccuracy: estimated(accuracy?.real, { ...info, direction: "none", split: "test" }),
    }),
    note: `${count} images of ${chosen.length} classes from ${source}${share}`,
  };
}

/** The first images, a row for each class. */
async function drawRows(
  { model, points, source, options: { shown } }: Generation,
  generated: Float32Array,
  chosen: readonly number[],
  context: StageContext,
): Promise<void> {
  const count = points.length / model.spec.latent, drawn = Math.min(count, shown ?? count);
  const tiles = modelTiles(model, generated.subarray(0, drawn * sampleSize(model.shape)));
  const columns = Math.ceil(drawn / chosen.length);
  const rows = chosen.map((_, at) => tiles.filter((_tile, image) => image % chosen.length === at));
  const title = `${drawn < count ? `the first ${drawn} of ${count}` : "images"} drawn from ${source}`;
  await context.writeArtifact(
    `${context.name}.png`,
    `${title}; rows are the classes ${namesOf(model, chosen)}`,
    await encodePng(sheet(padded(rows, columns, blankTile(model.shape)), { columns })),
  );
}

/** The first latent points as every class: a column has the same point, a row the same class. */
async function drawStyles(
  { engine, model, points }: Generation,
  chosen: readonly number[],
  context: StageContext,
): Promise<void> {
  const { latent } = model.spec, styles = Math.min(STYLES, points.length / latent);
  const images = chosen.map((index) =>
    decodePoints(
      engine,
      model,
      points.subarray(0, styles * latent),
      conditionsOf(model.spec, new Uint16Array(styles).fill(index)),
    )
  );
  await context.writeArtifact(
    `${context.name}-styles.png`,
    `one latent point in each column; rows are the classes ${namesOf(model, chosen)}`,
    await encodePng(sheet(images.flatMap((row) => modelTiles(model, row)), { columns: styles })),
  );
}

/** Rows of tiles, each filled to a number of columns. */
function padded(rows: readonly (readonly Tile[])[], columns: number, blank: Tile): Tile[] {
  return rows.flatMap((row) => [...row, ...new Array<Tile>(columns - row.length).fill(blank)]);
}

function namesOf({ spec }: TrainedModel, indices: readonly number[]): string {
  const known = classesOf(spec);
  return indices.map((index) => known[index].name).join(", ");
}
