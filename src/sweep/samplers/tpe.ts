// n = trials that have ended, l = the density of the good points, g = that of all others.

/**
 * The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011, "Algorithms for hyper-parameter optimization"): of some
 * points drawn where results were good, l, it proposes the one with the largest l/g, which has the largest expected improvement.
 *
 * The estimators, the share of good points and the weights are those that Optuna documents for its `TPESampler` with
 * `multivariate=True`. Trials that are running when a point is proposed count as bad ones, so that several are not drawn at one place
 * (Ginsbourger, Le Riche and Carraro 2010, the constant liar with the worst value, "CL-max").
 *
 * @module
 */
import { uniformAt } from "./draws.ts";
import { type ParzenEstimator, parzenEstimator } from "./parzen.ts";
import { randomPoint } from "./random.ts";
import { type Point, sizeOf, type Space } from "./space.ts";

/** What became of an earlier point. */
export interface Observation {
  readonly point: Point;
  /** `failed` and `running` count as worse than all others. */
  readonly state: "complete" | "stoppedEarly" | "failed" | "running";
  /** The metric; of one that was stopped early, what early stopping watches. A missing one is worse than any number. */
  readonly value?: number;
  /** How many epochs one that was stopped early had: more are better. */
  readonly epochs?: number;
}

/** Which way a metric is better. */
export type Direction = "lower" | "higher";

/** Which way the metrics of a history are better. */
export interface Directions {
  /** Of complete trials. */
  readonly complete: Direction;
  /** Of trials that were stopped early. @default {that of complete trials} */
  readonly stoppedEarly?: Direction;
}

/** How many results are awaited before the first proposal; until then points are random. */
const STARTUP = 10;
/** How many points are drawn from l. */
const CANDIDATES = 24;
/** The most good points, and the newest results whose weight is 1. */
const MOST_GOOD = 25;
/** How often a point that is new is sought at random where all candidates were tried. */
const FRESH_DRAWS = 1000;

/**
 * The point of a trial: a function of the space, the seed, the trial's number and the results so far. Where a space is finite, points that
 * were tried are avoided while that is possible.
 *
 * @param history What is known of earlier trials, in the order of their numbers.
 */
export function tpePoint(
  space: Space,
  seed: number,
  trial: number,
  history: readonly Observation[],
  directions: Directions,
): Point {
  const tried = sizeOf(space) === Infinity
    ? new Set<string>()
    : new Set(history.map(({ point }) => String(point)));
  const isNew = (point: Point) => !tried.has(String(point));
  return proposed(space, seed, trial, history, directions, isNew) ?? freshPoint(space, seed, trial, isNew);
}

/** The best new candidate; `undefined` while there are too few results, and where no candidate is new. */
function proposed(
  space: Space,
  seed: number,
  trial: number,
  history: readonly Observation[],
  directions: Directions,
  isNew: (point: Point) => boolean,
): Point | undefined {
  if (history.filter(({ state }) => state === "complete" || state === "stoppedEarly").length < STARTUP) {
    return undefined;
  }
  const { good, others } = splitHistory(history, directions);
  const l = estimatorOf(space, good), g = estimatorOf(space, others);
  let best: Point | undefined, bestScore = -Infinity;
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const uniforms = Array.from(
      { length: space.length + 1 },
      (_, axis) => uniformAt({ seed, trial, axis, round: 1 + candidate }),
    );
    const point = l.sample(uniforms), score = l.logDensity(point) - g.logDensity(point);
    if (score > bestScore && isNew(point)) [best, bestScore] = [point, score];
  }
  return best;
}

/** A random point that is new; after many draws, one that is not. */
function freshPoint(space: Space, seed: number, trial: number, isNew: (point: Point) => boolean): Point {
  const first = randomPoint(space, seed, trial);
  let point = first;
  for (let draw = 1; !isNew(point) && draw <= FRESH_DRAWS; draw++) {
    point = randomPoint(space, seed, trial, CANDIDATES + draw);
  }
  return isNew(point) ? point : first;
}

/** The best tenth of the n results, `min(ceil(n / 10), 25)` of them, and all other points; both in the order of trials. */
export function splitHistory(
  history: readonly Observation[],
  directions: Directions,
): { good: readonly Point[]; others: readonly Point[] } {
  const ended = history.filter(({ state }) => state === "complete" || state === "stoppedEarly");
  const ranked = ended.toSorted((a, b) => order(a, b, directions));
  const good = new Set(ranked.slice(0, Math.min(Math.ceil(ended.length / 10), MOST_GOOD)));
  return {
    good: history.filter((one) => good.has(one)).map(({ point }) => point),
    others: history.filter((one) => !good.has(one)).map(({ point }) => point),
  };
}

/** Complete trials by their metric, then those that were stopped early: the later, the better, and then by what was watched. */
function order(a: Observation, b: Observation, { complete, stoppedEarly = complete }: Directions): number {
  if (a.state !== b.state) return a.state === "complete" ? -1 : 1;
  if (a.state === "complete") return difference(loss(a, complete), loss(b, complete));
  return difference(b.epochs ?? 0, a.epochs ?? 0) || difference(loss(a, stoppedEarly), loss(b, stoppedEarly));
}

/** Also of infinite numbers. */
function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function loss({ value }: Observation, direction: Direction): number {
  if (value === undefined || Number.isNaN(value)) return Infinity;
  return direction === "higher" ? -value : value;
}

/** Of more than 25 points, the weights of the older ones grow evenly from `1 / n` to 1. */
function estimatorOf(space: Space, points: readonly Point[]): ParzenEstimator {
  const n = points.length, older = n - MOST_GOOD;
  const weightAt = (at: number) =>
    at >= older ? 1 : older === 1 ? 1 / n : 1 / n + (1 - 1 / n) * at / (older - 1);
  return parzenEstimator(space, points, points.map((_, at) => weightAt(at)));
}
