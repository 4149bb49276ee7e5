/**
 * The settings of a sweep with their labels, and the seeds that each is run with.
 *
 * @module
 */
import { checkSweep, SEED_PATH } from "../pipeline/sweep/check.ts";
import { isListOfSettings, type Sweep, type SweepAxes, type SweepSetting } from "../pipeline/sweep/sweep.ts";

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
 * All members of a sweep: every setting, of a grid every combination, the last axis changing soonest, and every seed of each.
 *
 * @param seed The first seed, or the only one; an axis `seed` takes its place.
 * @throws {UsageError} When the sweep is not one, or would have too many trials: nothing is listed then.
 */
export function sweepMembers(sweep: Sweep, seed: number): SweepMember[] {
  checkSweep(sweep);
  const { axes, options } = sweep, seeds = seedsOf(sweep, seed, options.seeds);
  const settings = isListOfSettings(axes) ? axes.map(listed) : combinations(axes);
  return settings.flatMap((setting) => {
    const overrides = overridesOf(setting.settings);
    return seeds.map((seed) => ({ ...setting, overrides, seed }));
  });
}

/** Settings as `--set` takes them. */
function overridesOf(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}

function seedsOf({ axes }: Sweep, first: number, count = 1): readonly number[] {
  if (!isListOfSettings(axes) && Object.hasOwn(axes, SEED_PATH)) return axes[SEED_PATH] as number[];
  return Array.from({ length: count }, (_, place) => first + place);
}

function listed({ label, set = {} }: SweepSetting): LabelledSetting {
  return { label, settings: set };
}

function combinations(axes: SweepAxes): LabelledSetting[] {
  const paths = Object.keys(axes).filter((path) => path !== SEED_PATH);
  return paths.reduce<Record<string, unknown>[]>(
    (before, path) =>
      before.flatMap((settings) => axes[path].map((value) => ({ ...settings, [path]: value }))),
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
