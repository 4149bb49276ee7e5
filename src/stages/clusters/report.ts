/** What came of parting images into groups: the groups by size, a gallery, numbers. @module */
import { type Clustering, squaredDistance } from "../../analysis/points/kmeans.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { metric, type Metrics } from "../../pipeline/metric.ts";
import type { Tile } from "../../export/sheet.ts";
import { blankTile, sampleTiles } from "../tiles.ts";

/** The same groups, the largest first. */
export function bySize({ assignment, centres, sizes, ...rest }: Clustering, dimensions: number): Clustering {
  const order = [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a]);
  const place = order.map((_, cluster) => order.indexOf(cluster));
  return {
    ...rest,
    assignment: assignment.map((cluster) => place[cluster]),
    sizes: Uint32Array.from(order, (cluster) => sizes[cluster]),
    centres: Float64Array.from(order.flatMap((cluster) => [
      ...centres.subarray(cluster * dimensions, (cluster + 1) * dimensions),
    ])),
  };
}

/** A row a group: the mean of its images, then the members nearest to its centre; a small group leaves black tiles. */
export function galleryTiles(
  { assignment, centres, sizes }: Clustering,
  points: Float32Array,
  split: Split,
  { shape }: Dataset,
  members: number,
): Tile[] {
  const all = sampleTiles({ shape }, split), dimensions = points.length / all.length;
  const blank = blankTile(shape);
  const fromCentre = (row: number) => squaredDistance(points, row, centres, assignment[row], dimensions);
  return Array.from(sizes).flatMap((_, cluster) => {
    const rows = all.keys().filter((row) => assignment[row] === cluster).toArray();
    const mean = new Float32Array(blank.pixels.length);
    for (const row of rows) mean.forEach((_, at) => mean[at] += all[row].pixels[at] / rows.length);
    const nearest = rows.toSorted((a, b) => fromCentre(a) - fromCentre(b)).slice(0, members);
    const shown = Array.from({ length: members }, (_, place) => all[nearest[place]] ?? blank);
    return [{ ...blank, pixels: mean }, ...shown];
  });
}

/** The metrics of a clustering: the number of groups, how well they are separated, and the size of each. */
export function clusterMetrics({ sizes, inertia }: Clustering, silhouettes: Record<string, number>): Metrics {
  const k = sizes.length, descriptive = { direction: "none" } as const;
  return {
    k: metric(k, { unit: "groups", ...descriptive }),
    silhouette: metric(silhouettes[k], { unit: "from -1 to 1", direction: "higher" }),
    inertia: metric(inertia, { unit: "squared distance", direction: "lower" }),
    ...Object.fromEntries(
      Array.from(sizes, (size, cluster) => [
        `size${cluster + 1}`,
        metric(size, { unit: "images", ...descriptive }),
      ]),
    ),
  };
}
