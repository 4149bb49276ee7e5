/**
 * The source `emoji`: pictures, grey or in colour, drawn from the SVGs of OpenMoji (the open emoji and icon project, openmoji.org, CC BY-SA 4.0).
 *
 * Of its 4,495 pictures 2,465 are not skin-tone variants of another one: those are the default. Only files of the pinned package are
 * read; none of its code is run.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { z } from "zod";
import { sampleSize } from "../core/shape.ts";
import { messageOf, RunError } from "../core/errors.ts";
import { limitOption, offsetOption, type Source, type SourceContext, testShareOption } from "./contract.ts";
import { type Dataset, samplesText, type Split } from "./dataset.ts";
import { checkColour, colourFields, type ColourOptions, drawnShape, pixelsOf } from "./drawn_picture.ts";
import { checkSelection, countEmoji, type Emoji, findEmoji, OPENMOJI } from "./emoji_table.ts";
import { readPackageFile } from "./package_files.ts";
import { drawTestSplit, SPLIT_VERSION, splitCounts } from "./split.ts";
import { svgDrawer } from "./svg.ts";

const schema = z.strictObject({
  source: z.literal("emoji"),
  size: z.int().min(8).max(512).default(28),
  ...colourFields,
  group: z.string().optional(),
  subgroups: z.array(z.string()).min(1).optional(),
  skintones: z.boolean().default(false),
  labels: z.enum(["group", "subgroup"]).default("group"),
  testShare: testShareOption.default(0.1),
  limit: limitOption,
  offset: offsetOption,
}).superRefine((spec, context) => {
  checkColour(spec, context);
  const faults = checkSelection(spec), count = countEmoji(spec), { offset } = spec;
  for (const { path, message } of faults) context.addIssue({ code: "custom", path, message });
  if (faults.length > 0 || offset < count) return;
  const message = `must be below the number of emoji, ${count}, got ${offset}`;
  context.addIssue({ code: "custom", path: ["offset"], message });
});

type EmojiSpec = z.output<typeof schema>;

/** Options for {@link emoji}. */
export interface EmojiOptions extends ColourOptions {
  /** Pixels from top to bottom and from left to right. @default {28} */
  size?: number;
  /** Only one of OpenMoji's groups: `"animals-nature"`. @default all */
  group?: string;
  /** Only these subgroups; a `*` at the end stands for any rest: `["face-*", "cat-face"]`. @default all */
  subgroups?: string[];
  /** Whether the variants that differ from another picture by their skin tones alone are drawn too. @default {false} */
  skintones?: boolean;
  /** What an emoji's label is. @default {"group"} */
  labels?: "group" | "subgroup";
  /** Which share of the pictures becomes the test split, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** How many pictures to use at most, in OpenMoji's order, before the test split is drawn. @default all */
  limit?: number;
  /** How many of them to skip first. @default {0} */
  offset?: number;
}

/** This source as a pipeline file writes it, by {@link emoji}. */
export type EmojiInput = { source: "emoji" } & EmojiOptions;

/**
 * Emoji, named by their annotations: grey pictures with white lines and grey areas on black (the luminance, inverted), or with
 * `color: true` as they are, on `background`. Nothing is read before the run.
 *
 * The pictures are OpenMoji's, under CC BY-SA 4.0, which requires attribution.
 *
 * @example
 * ```ts
 * import { emoji, load } from "@hourglass/hourglass";
 *
 * const stage = load(emoji({ color: true, size: 32, subgroups: ["face-*"] }));
 * ```
 */
export function emoji(options: EmojiOptions = {}): EmojiInput {
  return { source: "emoji", ...optionsOf("emoji", options) };
}

/** The pictures, one after the other. Grey ones are inverted, so that lines are brightest and areas grey. */
async function draw(
  chosen: readonly Emoji[],
  spec: EmojiSpec,
  log: (message: string) => void,
): Promise<Uint8Array> {
  const { size, color = false, background = "white" } = spec, [, , channels] = drawnShape(spec);
  const count = chosen.length.toLocaleString("en-US");
  log(
    `Drawing ${count} emoji of ${size}x${size} from OpenMoji's SVGs (CC BY-SA 4.0): about a millisecond each`,
  );
  const drawSvg = await svgDrawer(), values = sampleSize(drawnShape(spec));
  const pictures = new Uint8Array(chosen.length * values);
  for (const [index, { hexcode }] of chosen.entries()) {
    const { path, bytes } = await readPackageFile(OPENMOJI, `color/svg/${hexcode}.svg`);
    try {
      const pixels = pixelsOf(drawSvg(bytes, size, background), channels);
      pictures.set(color ? pixels : pixels.map((grey) => 255 - grey), index * values);
    } catch (thrown) {
      throw new RunError(
        `Cannot draw "${path}": ${messageOf(thrown)} (remove its package from Deno's cache and run again)`,
      );
    }
  }
  return pictures;
}

async function open(spec: EmojiSpec, { seed, log }: SourceContext): Promise<Dataset> {
  const { labels, offset, limit = Infinity, testShare } = spec;
  const chosen = (await findEmoji(spec, log)).slice(offset, offset + limit);
  const labelNames = [...new Set(chosen.map((one) => one[labels]))];
  const positions = new Map(labelNames.map((name, position) => [name, position]));
  const all: Split = {
    count: chosen.length,
    values: await draw(chosen, spec, log),
    labels: Uint16Array.from(chosen, (one) => positions.get(one[labels])!),
    names: chosen.map(({ annotation }) => annotation),
  };
  const shape = drawnShape(spec), splits = drawTestSplit(all, sampleSize(shape), testShare, seed, log);
  return { name: "emoji", shape, labelNames, ...splits };
}

/** The numbers of samples of its splits. */
function countsOf(spec: EmojiSpec): readonly number[] {
  const { offset, limit = Infinity, testShare } = spec;
  return splitCounts(Math.min(limit, countEmoji(spec) - offset), testShare);
}

/** The source `emoji`. */
export const emojiSource: Source<typeof schema> = {
  kind: "emoji",
  schema,
  describe: (spec) => `emoji: ${samplesText(countsOf(spec), drawnShape(spec))} by OpenMoji (CC BY-SA 4.0)`,
  shape: drawnShape,
  trainSamples: (spec) => countsOf(spec)[0],
  version: SPLIT_VERSION,
  open,
};
