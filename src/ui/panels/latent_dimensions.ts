/** The latent dimensions of a model, and texts about them. @module */
import { countText, plural } from "../../core/amounts.ts";
import { isActive } from "../../core/active_units.ts";
import { brief } from "../text/text.ts";
import type { DivergenceView, HealthView } from "../../run/fold/view.ts";

/** A latent dimension with its statistics. */
export interface Latent {
  readonly name: string;
  /** Its KL in nats; for an AE, its standard deviation. `null` if not finite. */
  readonly value: number | null;
  readonly mean: number | null;
  /** The standard deviation of the aggregate posterior: of all images' posteriors together. */
  readonly spread: number | null;
  /** Whether it carries information about images. */
  readonly isUsed: boolean;
}

/** The latent dimensions, the most informative first. */
export function latentDimensions({ mean, std, variance, kl }: HealthView): Latent[] {
  const numbers = mean.map((center, k): Latent => {
    const deviation = std[k] ?? null, within = variance?.[k] ?? 0;
    return {
      name: `z${k + 1}`,
      value: kl === undefined ? deviation : kl[k] ?? null,
      mean: center,
      spread: deviation === null ? null : Math.sqrt(deviation ** 2 + within),
      isUsed: deviation !== null && (kl === undefined ? deviation > 0 : isActive(deviation ** 2)),
    };
  });
  return numbers.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
}

/** The number of active latent dimensions and their total KL: `14 of 20 latent dimensions active, 25.41 nats in total`. */
export function usageText({ mean, std, kl, klParts, codes, activeUnits = 0 }: HealthView): string {
  if (codes !== undefined) return codesText(codes);
  const all = plural(mean.length, "latent dimension");
  if (kl === undefined) {
    const constant = std.filter((deviation) => deviation === 0).length;
    return constant === 0 ? all : `${all}, ${countText(constant)} of them the same for every sample`;
  }
  const nats = kl.some((one) => one === null) ? "?" : brief(kl.reduce<number>((sum, one) => sum + one!, 0));
  const parts = klParts === undefined ? "" : ` (${klPartsText(klParts)})`;
  return `${countText(activeUnits)} of ${all} active, ${nats} nats in total${parts}`;
}

/** The use of a codebook as text: `412 of 512 codes used, perplexity 233.1, 100 dead`. */
function codesText({ total, used, perplexity }: NonNullable<HealthView["codes"]>): string {
  const even = perplexity === null ? "?" : brief(perplexity);
  return `${countText(used)} of ${countText(total)} codes used, perplexity ${even}, ${
    countText(total - used)
  } dead`;
}

/** The parts of a KL term as text: `mutual information 9.12, total correlation 0.31, dimension-wise KL 16`. */
function klPartsText(
  { mutualInformation, totalCorrelation, dimensionKl }: NonNullable<HealthView["klParts"]>,
) {
  const text = (value: number | null) => value === null ? "?" : brief(value);
  return `mutual information ${text(mutualInformation)}, total correlation ${text(totalCorrelation)}, ` +
    `dimension-wise KL ${text(dimensionKl)}`;
}

/** Where a training diverged: `epoch 2, batch 3 (step 471): the first number that is not finite is in ...`. */
export function divergenceText({ epoch, batch, step, message }: DivergenceView): string {
  return `epoch ${countText(epoch)}, batch ${countText(batch)} (step ${countText(step)}): ${message}`;
}

/** A value in at most six cells: `0.012`, `12.35`, `123.5`. */
export function valueCell(value: number): string {
  if (value >= 1000) return brief(value).slice(0, 6);
  return value.toFixed(value >= 100 ? 1 : value >= 10 ? 2 : 3);
}

/** A mean or a spread: `-0.02`. */
export function shortText(value: number | null): string {
  if (value === null) return "?";
  // No minus before a zero.
  return Math.abs(value) >= 100 ? value.toPrecision(3) : value.toFixed(2).replace(/^-(0\.00)$/, "$1");
}
