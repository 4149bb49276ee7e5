/**
 * Which runs are comparable, and which differ only in their seed.
 *
 * @module
 */
import { optionLines } from "../pipeline.ts";
import type { ReportData } from "../report_data.ts";

/** Runs of the same pipeline with the same options. */
export interface RunGroup {
  /** Its label, else the values of the few options that distinguish it from the others, else a letter. */
  readonly name: string;
  /** The indices of its runs in the list. */
  readonly places: readonly number[];
  /** All options by their path: `train.epochs`. */
  readonly options: ReadonlyMap<string, string>;
}

function optionsOf({ record }: ReportData): Map<string, string> {
  return new Map([
    ["pipeline", record.pipeline],
    ...record.stages.flatMap(({ name, options }) => optionLines(options, name)),
  ]);
}

/** Groups of runs, in the order of their first; `labels` are the names of their settings. */
export function groupRuns(runs: readonly ReportData[], labels: readonly string[] = []): RunGroup[] {
  const groups = new Map<string, { places: number[]; options: Map<string, string> }>();
  runs.forEach((run, at) => {
    const options = optionsOf(run), key = JSON.stringify([...options].sort());
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { places: [at], options });
    else group.places.push(at);
  });
  const list = [...groups.values()];
  const names = groupNames(list.map(({ options }) => options));
  return list.map((group, at) => ({ ...group, name: labels[group.places[0]] ?? names[at] }));
}

/** With more options than these, groups are named by letters and a table lists the options. */
const MOST_IN_NAME = 3, LONGEST_NAME = 60;

/** `latent 2, epochs 50` where few options distinguish the groups; else letters. */
function groupNames(groups: readonly ReadonlyMap<string, string>[]): string[] {
  const letters = groups.map((_, at) => at < 26 ? String.fromCharCode(65 + at) : `group ${at + 1}`);
  if (groups.length < 2) return letters;
  const differing = [...new Set(groups.flatMap((options) => [...options.keys()]))]
    .filter((path) => new Set(groups.map((options) => options.get(path))).size > 1);
  const words = differing.map((path) => path.split(".").at(-1)!);
  if (differing.length > MOST_IN_NAME || new Set(words).size < words.length) return letters;
  const names = groups.map((options) =>
    differing.map((path, at) => `${words[at]} ${options.get(path) ?? "–"}`).join(", ")
  );
  return names.every(({ length }) => length <= LONGEST_NAME) ? names : letters;
}

/** Options that change the meaning of a number: which images, and how they are binarised. */
const MEANING = [
  { of: "their images", path: /^load\d*\.(source|height|width|limit|offset)\b/ },
  { of: "the binarisation of their images", path: /binar/i },
  { of: "the loss", path: /\.model\.loss$/ },
  { of: "their unit of loss", path: undefined },
] as const;

/** Why the numbers of runs are not comparable; empty when they are. */
export function comparability(runs: readonly ReportData[]): string[] {
  const all = runs.map(optionsOf);
  return MEANING.flatMap(({ of, path }) => {
    const values = all.map((options, at) =>
      path === undefined
        ? runs[at].trainings.map(({ start }) => start?.unit ?? "unknown").join(", ")
        : [...options].filter(([name]) => path.test(name)).map(([name, value]) => `${name} ${value}`).sort()
          .join(", ")
    );
    const different = [...new Set(values)];
    return different.length > 1
      ? [`the runs differ in ${of} (${different.map((value) => value || "none").join(" / ")})`]
      : [];
  });
}
