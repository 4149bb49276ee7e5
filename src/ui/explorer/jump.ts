/**
 * Jumps through the latent space: to images, to classes, to random points.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";
import { nearest } from "../../core/errors.ts";
import type { ExplorerModel, ExplorerSamples } from "./model.ts";
import { type ExplorerState, sampleSpot, type Spot, type TextInput } from "./state.ts";

/** The state with an error message. */
export const say = (state: ExplorerState, text: string): ExplorerState => ({
  ...state,
  notice: { text, bad: true },
});

/** The state at a spot; ends a morph. */
export function go(state: ExplorerState, here: Spot): ExplorerState {
  return { ...state, here, morph: null };
}

/** Goes to the next or previous image, class or random point. */
export function jumpToNext(
  state: ExplorerState,
  what: "sample" | "label" | "draw",
  by: number,
  model: ExplorerModel,
): ExplorerState {
  const { samples } = model;
  if (what === "draw") return toDraw(state, Math.max(0, state.last.draw + by), model);
  if (samples === null) return say(state, WITHOUT_SAMPLES);
  // From "none yet", next selects the first and previous the last.
  const turn = (last: number, length: number) =>
    last < 0 && by < 0 ? length - 1 : (last + by + length) % length;
  if (what === "sample") return toSample(state, turn(state.last.sample, samples.count), samples);
  const known = samples.means.flatMap((mean, label) => mean === null ? [] : [label]);
  if (known.length === 0) return say(state, WITHOUT_LABELS);
  return toLabel(state, known[turn(known.indexOf(state.last.label), known.length)], samples);
}

const WITHOUT_SAMPLES = "no images: the dataset of the run could not be opened";
const WITHOUT_LABELS = "these images have no labels";

function toDraw(state: ExplorerState, draw: number, model: ExplorerModel): ExplorerState {
  const here = { point: model.draw(draw), name: `draw ${countText(draw + 1)}`, sample: null };
  const notice = { text: `draw ${countText(draw + 1)} from ${model.source}`, bad: false };
  return { ...go(state, here), last: { ...state.last, draw }, notice };
}

function toSample(state: ExplorerState, sample: number, samples: ExplorerSamples): ExplorerState {
  return go({ ...state, last: { ...state.last, sample } }, sampleSpot(samples, sample));
}

function toLabel(state: ExplorerState, label: number, samples: ExplorerSamples): ExplorerState {
  const name = `mean of ${samples.labelNames[label] ?? label}`;
  return go({ ...state, last: { ...state.last, label } }, {
    point: samples.means[label]!,
    name,
    sample: null,
  });
}

/** Starts the input of an image or a label, if there are any. */
export function ask(
  state: ExplorerState,
  what: TextInput["what"],
  { samples }: ExplorerModel,
): ExplorerState {
  if (samples === null) return say(state, WITHOUT_SAMPLES);
  if (what === "label" && samples.means.length === 0) return say(state, WITHOUT_LABELS);
  return { ...state, entry: { what, text: "" }, help: false };
}

/** Goes to the image or label that was entered. */
export function submit(
  state: ExplorerState,
  { what, text }: TextInput,
  { samples }: ExplorerModel,
): ExplorerState {
  if (samples === null || text === "") return state;
  if (what === "sample") {
    const number = Number(text);
    if (/^\d+$/.test(text) && number < samples.count) return toSample(state, number, samples);
    return say(state, `${samples.noun} must be from 0 to ${samples.count - 1}, got "${text}"`);
  }
  const names = samples.labelNames.filter((_, label) => samples.means[label] !== null);
  const matching = names.filter((name) => name.toLowerCase().startsWith(text.toLowerCase()));
  const name = names.find((name) => name === text) ?? (matching.length === 1 ? matching[0] : undefined);
  if (name !== undefined) return toLabel(state, samples.labelNames.indexOf(name), samples);
  const near = nearest(text, names), hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  return say(state, `unknown label "${text}"${hint}`);
}
