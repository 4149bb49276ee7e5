/** The kinds of the built-in stages, which own stages cannot take. @module */

/** See `src/stages/`; a test compares both. */
export const BUILT_IN_KINDS: ReadonlySet<string> = new Set([
  "load",
  "filterClasses",
  "showSamples",
  "noise",
  "train",
  "evaluate",
  "interpolate",
  "generate",
  "exportRun",
  "latentSpace",
  "arithmetic",
  "clusters",
  "anomaly",
  "novelty",
  "farthestSample",
  "hallucinate",
  "sharpness",
]);
