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

/** What an action of a type does. */
type Reducer<Type extends Action["type"]> = (
  state: ExplorerState,
  action: Extract<Action, { type: Type }>,
  model: ExplorerModel,
) => ExplorerState;

const REDUCERS: { readonly [Type in Action["type"]]: Reducer<Type> } = {
  move: (state, { across, up }) => move(state, across, up),
  step: (state, { by }) => ({ ...state, step: otherStep(state.step, by) }),
  axis: (state, { axis, by }, { latent }) => ({ ...state, axes: otherAxis(state.axes, axis, by, latent) }),
  origin: (state, _action, { latent }) => go(state, originOf(latent)),
  next: (state, { what, by }, model) => jumpToNext(state, what, by, model),
  mark: (state, { which }) => mark(state, which),
  path: (state, _action, model) => otherPath(state, model),
  morph: (state, _action, model) => morph(state, model),
  tick,
  ask: (state, { what }, model) => ask(state, what, model),
  text: (state, { text: added }) => typed(state, (text) => text + safe(added)),
  erase: (state) => typed(state, (text) => [...text].slice(0, -1).join("")),
  submit: (state, _action, model) =>
    state.entry === null ? state : submit({ ...state, entry: null }, state.entry, model),
  escape,
  toggle: (state, { what }) => ({ ...state, [what]: !state[what] }),
  wrote: (state, { file }) => ({
    ...state,
    written: [...state.written, file],
    // The full path is printed at the end; the header shows the run's folder.
    notice: { text: `wrote ${file.split("/").slice(-2).join("/")}`, bad: false },
  }),
  notice: (state, { text, bad }) => ({ ...state, notice: { text, bad } }),
};

/** The state after an action. The model is not changed. */
export function explore(before: ExplorerState, action: Action, model: ExplorerModel): ExplorerState {
  // The next key clears the notice; a tick of a morph does not.
  const state = action.type === "tick" || before.notice === null ? before : { ...before, notice: null };
  // The compiler does not know that an action goes with the reducer of its own type.
  return (REDUCERS[action.type] as Reducer<Action["type"]>)(state, action, model);
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
