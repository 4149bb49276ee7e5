/**
 * Random search: every trial is drawn for itself (Bergstra and Bengio 2012, "Random search for hyper-parameter optimization").
 *
 * @module
 */
import { uniformAt } from "./draws.ts";
import { placeAt, type Point, type Space } from "./space.ts";

/** The point of a trial: a function of the seed and the number of the trial alone. `round` counts further points of the same trial. */
export function randomPoint(space: Space, seed: number, trial: number, round = 0): Point {
  return space.map((axis, at) => placeAt(axis, uniformAt({ seed, trial, axis: at, round })));
}
