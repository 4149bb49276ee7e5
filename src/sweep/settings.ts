/**
 * The settings of a sweep with their labels, and the seeds that each is run with.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { isRange, listedValues, sampledPaths, SEED_PATH, type SweepAxes } from "../pipeline/sweep/axes.ts";
import { checkSweep } from "../pipeline/sweep/check.ts";
import { isListOfSettings, samplerOf, type Sweep } from "../pipeline/sweep/sweep.ts";
import { randomPoint } from "./samplers/random.ts";
import { MOST_SOBOL_AXES, sobolPoint } from "./samplers/sobol.ts";
import { type Point, type Space, valuesAt } from "./samplers/space.ts";

/** One setting. */
export interface LabelledSetting {
  /** As text: `optimizer adam, latent 2`. */
  readonly label: string;
  /** The paths of options, as `--set` takes them, to their values. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A setting with one of its seeds. */
export interface SweepMember extends LabelledSetting {
  readonly seed: number;
  /** The setting as `--set` takes it. */
  readonly overrides: readonly string[];
}

/**
 * All members of a sweep: every setting, of a grid every combination, the last axis changing soonest, and every seed of each. Settings that
 * depend on results (`tpe`) are not among them.
 *
 * @param seed The first seed, or the only one; an axis `seed` takes its place.
 * @throws {UsageError} When the sweep is not one, or would have too many trials: nothing is listed then.
 */
export function sweepMembers(sweep: Sweep, seed: number): SweepMember[] {
  checkSweep(sweep);
  return settingsOf(sweep, seed).flatMap((setting) => membersOf(sweep, setting, seed));
}

/** Settings as `--set` takes them. */
export function overridesOf(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}

/** The members of the setting at a point of the space, one for each seed. */
export function membersAt(sweep: Sweep, point: Point, seed: number): SweepMember[] {
  return membersOf(sweep, settingAt(sweep.axes as SweepAxes, point), seed);
}

/** The members of one setting, one for each seed. */
function membersOf(
  sweep: Sweep,
  setting: LabelledSetting,
  first: number,
): SweepMember[] {
  const overrides = overridesOf(setting.settings);
  return seedsOf(sweep, first).map((seed) => ({ ...setting, overrides, seed }));
}

/** The seeds that each setting is run with. */
export function seedsOf({ axes, options: { seeds = 1 } }: Sweep, first: number): readonly number[] {
  return !isListOfSettings(axes) && Object.hasOwn(axes, SEED_PATH)
    ? axes[SEED_PATH] as number[]
    : Array.from({ length: seeds }, (_, place) => first + place);
}

function settingsOf(sweep: Sweep, seed: number): LabelledSetting[] {
  const { axes, options: { trials = 0 } } = sweep;
  if (isListOfSettings(axes)) return axes.map(({ label, set = {} }) => ({ label, settings: set }));
  const sampler = samplerOf(sweep);
  if (sampler === "grid") return combinations(axes);
  if (sampler === "tpe") return [];
  if (sampler === "sobol") checkDimensions(axes);
  const space = spaceOf(axes), drawPoint = sampler === "sobol" ? sobolPoint : randomPoint;
  return Array.from({ length: trials }, (_, number) => settingAt(axes, drawPoint(space, seed, number)));
}

/** @throws {UsageError} When there are more axes than the sequence has numbers for. */
function checkDimensions(axes: SweepAxes): void {
  const { length } = sampledPaths(axes);
  if (length <= MOST_SOBOL_AXES) return;
  throw new UsageError(
    `sweep.axes must be at most ${MOST_SOBOL_AXES} for the sampler sobol, got ${length} (the sampler random has no limit)`,
  );
}

/** What a sampler draws from. */
export function spaceOf(axes: SweepAxes): Space {
  return sampledPaths(axes).map((path) => {
    const axis = axes[path];
    return isRange(axis) ? axis : { kind: "choice", values: listedValues(axis) };
  });
}

/** The setting at a point of the space. */
function settingAt(axes: SweepAxes, point: Point): LabelledSetting {
  const values = valuesAt(spaceOf(axes), point);
  const settings = Object.fromEntries(sampledPaths(axes).map((path, at) => [path, values[at]]));
  return { settings, label: labelOf(settings) };
}

function combinations(axes: SweepAxes): LabelledSetting[] {
  return sampledPaths(axes).reduce<Record<string, unknown>[]>(
    (before, path) => {
      const axis = axes[path], values = isRange(axis) ? [] : listedValues(axis);
      return before.flatMap((settings) => values.map((value) => ({ ...settings, [path]: value })));
    },
    [{}],
  ).map((settings) => ({ settings, label: labelOf(settings) }));
}

/** A setting as text. */
function labelOf(settings: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(settings).map(([path, value]) =>
    `${path.split(".").at(-1)} ${valueWords(value)}`
  );
  return words.join(", ") || "as it is";
}

/** A value as short text: a kind with its other options, a list with dashes. */
function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueWords).join("-");
  if (typeof value !== "object" || value === null) return String(value);
  const { kind, ...rest } = value as Record<string, unknown>;
  const details = Object.entries(rest).map(([name, detail]) => `${name} ${valueWords(detail)}`);
  return [...(kind === undefined ? [] : [String(kind)]), ...details].join(" ");
}
