/** How the codes of a VQ-VAE are used by samples. @module */

/** The use of a codebook. */
export interface CodeUsage {
  /** How many codes there are. */
  readonly total: number;
  /** How many of them are chosen at least once; the others are dead for these samples. */
  readonly used: number;
  /** `exp(-sum_i p_i log p_i)` of the shares of codes: their perplexity. */
  readonly perplexity: number;
}

/** The use of codes by the numbers of those that were chosen, from 0 to `total - 1`. */
export function codeUsage(chosen: ArrayLike<number>, total: number): CodeUsage {
  const counts = new Float64Array(total);
  for (let at = 0; at < chosen.length; at++) counts[chosen[at]]++;
  const used = counts.filter((count) => count > 0);
  const entropy = used.reduce(
    (sum, count) => sum - count / chosen.length * Math.log(count / chosen.length),
    0,
  );
  return { total, used: used.length, perplexity: Math.exp(entropy) };
}
