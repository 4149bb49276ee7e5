/** The options of novelty, and its outputs. @module */
import { z } from "zod";
import type { Audit } from "../../analysis/novelty/audit.ts";

/** The schema of the options. */
export const NoveltySettings = z.strictObject({
  name: z.string().optional(),
  count: z.int().min(1).max(10000).default(1000),
  spread: z.number().positive().default(1),
  heldOut: z.int().min(2).default(5000),
  near: z.number().min(0).max(0.5).default(0.01),
  far: z.number().min(0.5).max(1).default(0.99),
  k: z.int().min(1).max(100).default(5),
  components: z.int().min(1).max(1024).default(64),
  cells: z.int().min(1).max(1000).default(10),
  shown: z.int().min(1).max(200).default(32),
});
/** The options with all defaults. */
export type NoveltySettings = z.infer<typeof NoveltySettings>;

/** Options for {@link novelty}. */
export interface NoveltyOptions {
  /** The stage's name, also of its files. @default {"novelty"} */
  name?: string;
  /** How many images to generate and audit. @default {1000} */
  count?: number;
  /** What the standard deviation of the prior is multiplied by. @default {1} */
  spread?: number;
  /** How many test images to calibrate on at most, chosen by the seed. @default {5000} */
  heldOut?: number;
  /** The quantile of held-out distances to the nearest training image below which an image is a near duplicate (an imitation). @default {0.01} */
  near?: number;
  /** The quantile above which it is off the manifold (a worm). @default {0.99} */
  far?: number;
  /** The neighbours that make a ball of density and coverage. @default {5} */
  k?: number;
  /** Principal components of the space in which C_T is measured. @default {64} */
  components?: number;
  /** Cells of C_T at most. @default {10} */
  cells?: number;
  /** Images of each kind that a gallery shows at most. @default {32} */
  shown?: number;
}

/** Outputs of {@link novelty}. */
export interface NoveltyOutput {
  /** What the audit found, image by image. */
  audit: Audit;
}
