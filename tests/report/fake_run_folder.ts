/** Fake run folders for tests, and their report data. @module */
import { SCHEMA } from "../../src/core/schema_version.ts";
import { encodePng } from "../../src/export/pictures.ts";
import { readReportData } from "../../src/report/read_run.ts";
import type { ReportData } from "../../src/report/report_data.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { metricsFile } from "../support/metrics.ts";
import { glyphRun } from "../ui/fake_run.ts";

/** The content of a fake run folder; missing fields are left out. */
export interface FakeRun {
  readonly record?: object | null;
  readonly events?: readonly RunEvent[];
  /** Appended after the last event verbatim. */
  readonly rest?: string;
  /** Values by stage and name; what the metrics state of themselves is added. */
  readonly metrics?: Parameters<typeof metricsFile>[0];
  readonly model?: TrainedModel;
  /** More files under `artifacts/`. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
}

/** The record of a completed run. */
export const RECORD = {
  schema: SCHEMA.run,
  id: "20261123-220700-4f2a",
  pipeline: "glyphs-dae",
  seed: 42,
  spec: {
    name: "glyphs-dae",
    seed: 42,
    stages: [{ name: "load", kind: "load", version: 1, options: { source: { source: "glyphs" } } }, {
      name: "train",
      kind: "train",
      version: 1,
      options: { epochs: 3000, model: { kind: "dae", latent: 12 } },
    }],
  },
  overrides: ["train.epochs=3000"],
  argv: ["run", "pipelines/glyphs-dae.ts", "--ui", "plain", "--set", "train.epochs=3000"],
  engine: { name: "wasm", threads: null, cores: 2 },
  key: "",
  extends: null,
  resumed: [],
  git: { commit: "0123456789abcdef0123456789abcdef01234567", dirty: false },
  versions: { hourglass: "0.1.0", deno: "2.9.6", v8: "14" },
  host: { name: "machine", os: "linux", arch: "x86_64", processors: 2, pid: 1 },
  started: "2026-11-23T22:07:00.000Z",
  ended: "2026-11-23T22:07:38.000Z",
  status: "completed",
  exitCode: 0,
  reason: "all stages done",
};

/** A picture of one grey pixel. */
export const PIXEL = encodePng({ width: 1, height: 1, rgba: Uint8Array.of(9, 9, 9, 255) });

/** Writes a run folder and passes it to a test. */
export async function withRun(
  { record = RECORD, events = glyphRun(), rest = "", metrics, model, files = {} }: FakeRun,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "hourglass-report-" });
  try {
    await Deno.mkdir(`${folder}/artifacts/model`, { recursive: true });
    if (record !== null) await Deno.writeTextFile(`${folder}/run.json`, JSON.stringify(record));
    const lines = events.map((event) => JSON.stringify(event) + "\n").join("");
    await Deno.writeTextFile(`${folder}/events.jsonl`, lines + rest);
    if (metrics !== undefined) {
      await Deno.writeTextFile(
        `${folder}/artifacts/metrics.json`,
        JSON.stringify({ $version: SCHEMA.metrics, ...metricsFile(metrics) }),
      );
    }
    if (model !== undefined) {
      const bytes = encodeModel(model);
      await Deno.writeFile(`${folder}/artifacts/model/model.safetensors`, bytes);
    }
    for (const [file, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/artifacts/${file}`, bytes);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The report data of a fake run. */
export async function dataOf(run: FakeRun = {}): Promise<ReportData> {
  let data: ReportData | undefined;
  await withRun(run, async (folder) => void (data = await readReportData(folder)));
  return data!;
}
