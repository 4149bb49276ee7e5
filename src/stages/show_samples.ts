/** The stage that shows what a model is trained on. @module */
import { z } from "zod";
import { RunError } from "../core/errors.ts";
import { sampleSize } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { pickFromSplit } from "../data/parts.ts";
import { encodePng } from "../export/pictures.ts";
import { sheet } from "../export/sheet.ts";
import { sampleTiles } from "./tiles.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  samples: z.array(z.int().min(0)).min(1).max(400),
});
type Options = z.infer<typeof Options>;

/** Options for {@link showSamples}. */
export interface ShowSamplesOptions {
  /** The stage's name, by which its picture is called. @default {"showSamples"} */
  name?: string;
  /**
   * The numbers of the training images to show, counted from 0 in the order of the source. Those beyond the last image are skipped,
   * so that a pipeline can be tried on part of its data.
   */
  samples: number[];
}

const definition: StageDefinition<Options, { dataset: Dataset }, object> = {
  kind: "showSamples",
  version: 2,
  inputs: ["dataset"],
  outputs: [],
  schema: Options,
  plan: ({ samples }) => ({ lines: [`${samples.length} of the training images`] }),
  async run({ dataset }, { samples }, context) {
    const { train, shape } = dataset, count = train.count.toLocaleString("en-US");
    const found = samples.filter((sample) => sample < train.count);
    const missing = samples.filter((sample) => sample >= train.count).join(", ");
    if (found.length === 0) {
      throw new RunError(
        `samples must include a number below ${count} (the training images), got ${missing}`,
      );
    }
    if (missing !== "") {
      context.emit({ type: "log", message: `not shown, as there are ${count} training images: ${missing}` });
    }
    const tiles = sampleTiles(dataset, pickFromSplit(train, sampleSize(shape), found));
    const note = captions(dataset, found);
    await context.writeArtifact(
      `${context.name}.png`,
      `training images ${note}`,
      await encodePng(sheet(tiles)),
    );
    return { outputs: {}, note };
  },
};

/** The most captions in a note. */
const MOST_CAPTIONS = 10;

function captions(dataset: Dataset, samples: readonly number[]): string {
  const named = samples.slice(0, MOST_CAPTIONS).map((sample) => caption(dataset, sample)).join(", ");
  return samples.length > MOST_CAPTIONS ? `${named} and ${samples.length - MOST_CAPTIONS} more` : named;
}

/** A sample by its number, with what the source calls it: `36922 (9)`. */
function caption({ train: { names, labels }, labelNames }: Dataset, sample: number): string {
  const label = labels && labelNames?.[labels[sample]];
  const called = names?.[sample] ?? label;
  return called === undefined ? `${sample}` : `${sample} (${called})`;
}

/**
 * Shows some training images by number, row after row, before anything is made of them: `showSamples({ samples: [36922] })`. Pixels that are
 * drawn as 0 or 1 are shown as the grey that they are drawn by.
 */
export function showSamples(options: ShowSamplesOptions): Stage<{ dataset: Dataset }, object> {
  return stageOf(definition, options);
}
