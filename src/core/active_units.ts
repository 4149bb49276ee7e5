/** Which latent dimensions of a model are in use. @module */

/** The variance of a posterior mean above which a latent dimension counts as active (Burda et al. 2016, arXiv:1509.00519). */
export const ACTIVE_VARIANCE = 0.01;

/** Whether a latent dimension is active, by the variance of its posterior mean over the data. */
export function isActive(varianceOfMean: number): boolean {
  return varianceOfMean > ACTIVE_VARIANCE;
}
