/**
 * The reducer of the explorer: a state and an action give the next state.
 *
 * @module
 */
import { safe } from "../text/text.ts";
import { ask, go, jumpToNext, say, submit } from "./jump.ts";
import { type ExplorerModel, PATHS } from "./model.ts";
import { type Action, type ExplorerState, originOf, otherStep, type Spot } from "./state.ts";

/** Why there is no morph. */
export const WITHOUT_MARKS = "mark two points first: a marks A, b marks B";

/** Steps of a morph from A to B, both ends included. */
export const MORPH_STEPS = 33;

/** The state after an action. The model is not changed. */
export function explore(before: ExplorerState, action: Action, model: ExplorerModel): ExplorerState {
  // The next key clears the notice; a tick of a morph does not.
  const state = action.type === "tick" || before.notice === null ? before : { ...before, notice: null };
  switch (action.type) {
    case "move":
      return move(state, action.across, action.up);
    case "step":
      return { ...state, step: otherStep(state.step, action.by) };
    case "axis":
      return { ...state, axes: otherAxis(state.axes, action.axis, action.by, model.latent) };
    case "origin":
      return go(state, originOf(model.latent));
    case "next":
      return jumpToNext(state, action.what, action.by, model);
    case "mark":
      return mark(state, action.which);
    case "path":
      return otherPath(state, model);
    case "morph":
      return morph(state, model);
    case "tick":
      return tick(state);
    case "ask":
      return ask(state, action.what, model);
    case "text":
      return typed(state, (text) => text + safe(action.text));
    case "erase":
      return typed(state, (text) => [...text].slice(0, -1).join(""));
    case "submit":
      return state.entry === null ? state : submit({ ...state, entry: null }, state.entry, model);
    case "escape":
      return escape(state);
    case "toggle":
      return { ...state, [action.what]: !state[action.what] };
    case "wrote":
      return {
        ...state,
        written: [...state.written, action.file],
        // The full path is printed at the end; the header shows the run's folder.
        notice: { text: `wrote ${action.file.split("/").slice(-2).join("/")}`, bad: false },
      };
    case "notice":
      return { ...state, notice: { text: action.text, bad: action.bad } };
  }
}

function move(state: ExplorerState, across: number, up: number): ExplorerState {
  const { axes, step } = state, point = [...state.here.point];
  // Twelve digits, so that ten steps of 0.1 are 1.
  const add = (axis: number, steps: number) =>
    point[axis] = Number((point[axis] + steps * step).toPrecision(12));
  if (across !== 0) add(axes[0], across);
  if (up !== 0 && axes[1] !== axes[0]) add(axes[1], up);
  return go(state, { point, name: "", sample: null });
}

function otherAxis(
  axes: ExplorerState["axes"],
  axis: 0 | 1,
  by: number,
  latent: number,
): ExplorerState["axes"] {
  if (latent < 2) return axes;
  let dimension = axes[axis];
  do dimension = (dimension + by + latent) % latent; while (dimension === axes[1 - axis] && latent > 2);
  if (dimension === axes[1 - axis]) return [axes[1], axes[0]];
  return axis === 0 ? [dimension, axes[1]] : [axes[0], dimension];
}

function mark(state: ExplorerState, which: "a" | "b"): ExplorerState {
  return { ...state, marks: { ...state.marks, [which]: state.here }, morph: null };
}

function otherPath(state: ExplorerState, model: ExplorerModel): ExplorerState {
  const changed = { ...state, path: PATHS[(PATHS.indexOf(state.path) + 1) % PATHS.length] };
  if (state.morph === null) return changed;
  return { ...changed, morph: { ...state.morph, points: morphPoints(changed, model) } };
}

/** The points from A to B; none before both are marked. */
export function morphPoints({ marks: { a, b }, path }: ExplorerState, model: ExplorerModel): number[][] {
  return a === null || b === null ? [] : model.path(path, a.point, b.point, MORPH_STEPS);
}

function morph(state: ExplorerState, model: ExplorerModel): ExplorerState {
  if (state.morph !== null) return { ...state, morph: { ...state.morph, playing: !state.morph.playing } };
  const points = morphPoints(state, model);
  if (points.length === 0) return say(state, WITHOUT_MARKS);
  return { ...state, morph: { points, step: 0, direction: 1, playing: true }, here: onTheWay(points, 0) };
}

function onTheWay(points: readonly (readonly number[])[], step: number): Spot {
  const share = Math.round(100 * step / (points.length - 1));
  return { point: points[step], name: `A to B, ${share} %`, sample: null };
}

function tick(state: ExplorerState): ExplorerState {
  if (state.morph === null || !state.morph.playing) return state;
  const { points, step } = state.morph, last = points.length - 1;
  const direction = step >= last ? -1 : step <= 0 ? 1 : state.morph.direction;
  const morph = { ...state.morph, step: step + direction, direction } as const;
  return { ...state, morph, here: onTheWay(points, morph.step) };
}

function typed(state: ExplorerState, change: (text: string) => string): ExplorerState {
  if (state.entry === null) return state;
  return { ...state, entry: { ...state.entry, text: change(state.entry.text).slice(0, 60) } };
}

/** Closes the innermost open part. */
function escape(state: ExplorerState): ExplorerState {
  if (state.entry !== null) return { ...state, entry: null };
  if (state.help) return { ...state, help: false };
  return { ...state, morph: null };
}
