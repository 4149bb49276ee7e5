/** The names of scores of anomaly, without what computes them. @module */

/** The scores there are. */
export const SCORE_NAMES = [
  "elbo",
  "likelihood",
  "reconstruction",
  "relative",
  "latentDistance",
  "edgeDistance",
  "combined",
] as const;
/** The name of a score. */
export type ScoreName = typeof SCORE_NAMES[number];
