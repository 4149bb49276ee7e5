/**
 * The source `faces`: head-on faces of low variability, drawn by DiceBear in the style Personas (Draftbit, CC BY 4.0).
 *
 * The attributes of each face are drawn here, by the run's seed and the face's number, so that an attribute can be the label.
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import { optionsOf } from "../core/arguments.ts";
import { z } from "zod";
import { sampleSize } from "../core/shape.ts";
import { limitOption, type Source, type SourceContext, testShareOption } from "./contract.ts";
import { type Dataset, samplesText, type Split } from "./dataset.ts";
import { checkColour, colourFields, type ColourOptions, drawnShape, pixelsOf } from "./drawn_picture.ts";
import {
  ATTRIBUTES,
  attributeValues,
  drawLooks,
  type FaceAttribute,
  type FaceLook,
  styleOptions,
} from "./face_attributes.ts";
import { drawTestSplit, SPLIT_VERSION, splitCounts } from "./split.ts";
import { svgDrawer } from "./svg.ts";

const schema = z.strictObject({
  source: z.literal("faces"),
  count: z.int().min(1).max(20_000).default(1000),
  size: z.int().min(8).max(512).default(70),
  ...colourFields,
  labels: z.enum(Object.keys(ATTRIBUTES) as FaceAttribute[]).default("hair"),
  testShare: testShareOption.default(0.1),
  limit: limitOption,
}).superRefine(checkColour);

type FacesSpec = z.output<typeof schema>;

/** Options for {@link faces}. */
export interface FacesOptions extends ColourOptions {
  /** The number of faces. @default {1000} */
  count?: number;
  /** Pixels from top to bottom and from left to right. @default {70} */
  size?: number;
  /** Which attribute of a face is its label; the faces are the same for each. @default {"hair"} */
  labels?: FaceAttribute;
  /** Which share of the faces becomes the test split, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** How many of them to use at most, the first ones. @default all */
  limit?: number;
}

/** This source as a pipeline file writes it, by {@link faces}. */
export type FacesInput = { source: "faces" } & FacesOptions;

/**
 * Drawn faces, grey on black or with `color: true` in colour on `background`. Face i is a function of the run's seed and i. Nothing is drawn before the run.
 *
 * The style is Personas by Draftbit, under CC BY 4.0, which requires attribution.
 *
 * @example
 * ```ts
 * import { faces, load } from "@hourglass/hourglass";
 *
 * const stage = load(faces({ color: true, background: "#e8f0ff", count: 500 }));
 * ```
 */
export function faces(options: FacesOptions = {}): FacesInput {
  return { source: "faces", ...optionsOf("faces", options) };
}

/** Larger than the style's own portrait, in percent, and moved down by percents of the picture, so that the head fills it. */
const ZOOM = { scale: 150, translateY: 12 };

/** The pictures, one after the other. */
async function draw(looks: readonly FaceLook[], spec: FacesSpec): Promise<Uint8Array> {
  const { size, color = false, background = "white" } = spec, [, , channels] = drawnShape(spec);
  const { createAvatar } = await importPackage<typeof import("@dicebear/core")>("npm:@dicebear/core@9.4.3");
  const style = await importPackage<typeof import("@dicebear/personas")>("npm:@dicebear/personas@9.4.3");
  const drawSvg = await svgDrawer(), values = sampleSize(drawnShape(spec));
  const pictures = new Uint8Array(looks.length * values);
  for (const [index, look] of looks.entries()) {
    const svg = createAvatar(style, { ...ZOOM, ...styleOptions(look) }).toString();
    pictures.set(pixelsOf(drawSvg(svg, size, color ? background : "black"), channels), index * values);
  }
  return pictures;
}

/** How many faces are drawn. */
const countOf = ({ count, limit = Infinity }: FacesSpec) => Math.min(count, limit);
const countsOf = (spec: FacesSpec) => splitCounts(countOf(spec), spec.testShare);

async function open(spec: FacesSpec, { seed, log }: SourceContext): Promise<Dataset> {
  const { size, labels, testShare } = spec, count = countOf(spec);
  log(
    `Drawing ${count.toLocaleString("en-US")} faces of ${size}x${size} in the style Personas ` +
      "(Draftbit, CC BY 4.0): about three milliseconds each",
  );
  const looks = drawLooks(count, seed), labelNames = attributeValues(labels);
  const all: Split = {
    count,
    values: await draw(looks, spec),
    labels: Uint16Array.from(looks, (look) => labelNames.indexOf(look[labels])),
    names: looks.map((_, face) => `face ${face}`),
  };
  const shape = drawnShape(spec), splits = drawTestSplit(all, sampleSize(shape), testShare, seed, log);
  return { name: "faces", shape, labelNames, ...splits };
}

/** The source `faces`. */
export const facesSource: Source<typeof schema> = {
  kind: "faces",
  schema,
  describe: (spec) =>
    `faces: ${samplesText(countsOf(spec), drawnShape(spec))} ` +
    "in the style Personas by Draftbit (CC BY 4.0)",
  shape: drawnShape,
  trainSamples: (spec) => countsOf(spec)[0],
  classes: ({ labels }) => attributeValues(labels),
  version: SPLIT_VERSION,
  open,
};
