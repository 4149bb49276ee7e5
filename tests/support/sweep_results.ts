/** What a sweep has computed: what has to be the same bits wherever its trials ran. */
import { createHash } from "node:crypto";
import { readJson } from "./program.ts";

/** A trial's result without what depends on the clock and the machine. */
export interface ComparedResult {
  readonly trial: string;
  readonly state: string;
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly epochs: number;
  /** The SHA-256 of its model's weights; missing where there is none. */
  readonly weights?: string;
}

/** Metrics that are times. */
const TIMES = /second/i;

/** The results in some folders of runs, by trial. */
export async function sweepResults(runs: readonly string[], name: string): Promise<ComparedResult[]> {
  const results: ComparedResult[] = [];
  for (const root of runs) {
    for await (const { name: sweep } of Deno.readDir(`${root}/${name}.sweep`)) {
      const trials = `${root}/${name}.sweep/${sweep}/trials`;
      for await (const { name: file } of Deno.readDir(trials)) {
        if (file.endsWith(".json")) results.push(await compared(root, readJson(`${trials}/${file}`)));
      }
    }
  }
  return results.sort((one, other) => one.trial < other.trial ? -1 : 1);
}

async function compared(
  root: string,
  { trial, state, metrics, epochs, folder }: ComparedResult & { folder: string },
): Promise<ComparedResult> {
  const bytes = await Deno.readFile(`${root}/${folder}/artifacts/model/model.safetensors`).catch(() =>
    undefined
  );
  const withoutTimes = Object.entries(metrics).map(([stage, own]) => [
    stage,
    Object.fromEntries(Object.entries(own).filter(([metric]) => !TIMES.test(metric))),
  ]);
  return {
    trial,
    state,
    metrics: Object.fromEntries(withoutTimes),
    epochs,
    ...(bytes === undefined ? {} : { weights: createHash("sha256").update(bytes).digest("hex") }),
  };
}
