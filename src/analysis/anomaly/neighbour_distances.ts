/** How far points are from those of normal samples. @module */
import type { Engine } from "../../engine/engine.ts";
import { meanDistances } from "../points/knn_classifier.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import type { Points } from "../points/points.ts";

/** The points of normal samples, and how many neighbours are taken. */
export interface NormalPoints {
  readonly engine: Engine;
  readonly points: Points;
  /** At most as many as there are points are used. */
  readonly k: number;
}

/** The mean Euclidean distance of each query to its k nearest points. */
export function distancesTo({ engine, points, k }: NormalPoints, queries: Points): Float64Array {
  return meanDistances(nearestNeighbours({ engine, queries, points, k: Math.min(k, points.count) }));
}

/** The mean Euclidean distance of each point to its k nearest others; 0 for a single point. */
export function distancesToOthers({ engine, points, k }: NormalPoints): Float64Array {
  if (points.count === 1) return new Float64Array(1);
  const except = Uint32Array.from({ length: points.count }, (_, row) => row);
  const most = Math.min(k, points.count - 1);
  return meanDistances(nearestNeighbours({ engine, queries: points, points, k: most, except }));
}
