/**
 * What a source did to its samples before a model saw them, so that new samples can be given the same. Plain data, which is recorded with a
 * model; how values are scaled is in `scale.ts`.
 *
 * @module
 */
import { z } from "zod";

/** How picture files became samples. */
export interface PicturePreparation {
  /** Whether each picture's own least and largest value became 0 and 1. @default {false} */
  readonly ownRange?: boolean;
  /** How a picture of other proportions filled the size. @default {"stretch"} */
  readonly fit?: "stretch" | "contain" | "cover";
  /** The colour behind transparent pixels and beside the picture: shares of red, green and blue. @default white */
  readonly background?: readonly [red: number, green: number, blue: number];
}

/** What a source did to its samples. */
export interface Preparation {
  /** How picture files became samples. @default {as the defaults of the source `images` say} */
  readonly pictures?: PicturePreparation;
  /** What a missing value became, for each value of a sample. @default {a sample with a missing value is refused} */
  readonly fills?: readonly number[];
}

const share = z.number().min(0).max(1);

/** The schema of a preparation as a model's file records it. */
export const PreparationRecord: z.ZodType<Preparation> = z.object({
  pictures: z.object({
    ownRange: z.boolean().optional(),
    fit: z.enum(["stretch", "contain", "cover"]).optional(),
    background: z.tuple([share, share, share]).optional(),
  }).optional(),
  fills: z.array(z.number()).min(1).optional(),
});
