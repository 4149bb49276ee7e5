import { SCHEMA } from "../../src/core/schema_version.ts";
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, type Outcome, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { assertSameResult, resultOf, type RunResult } from "../support/run_result.ts";

const SETTINGS = ["train.epochs=150"];

/** What befalls a run that was stopped, and what the next one says of it. */
interface Case {
  readonly name: string;
  damage(run: string, other: string): void;
  readonly says: RegExp;
  /** Whether it resumes in its own folder. @default {true} */
  readonly isSame?: boolean;
}

const last = (run: string) => `${run}/checkpoints/train.last.safetensors`;
const previous = (run: string) => `${run}/checkpoints/train.previous.safetensors`;
/** Changes the bytes of a file. */
function change(file: string, edit: (bytes: Uint8Array) => Uint8Array): void {
  Deno.writeFileSync(file, edit(Deno.readFileSync(file)));
}
function flipped(bytes: Uint8Array): Uint8Array {
  bytes[bytes.length - 1000] ^= 4;
  return bytes;
}
function ofNewerSchema(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes), at = text.indexOf(`"schema":"${SCHEMA.checkpoint}"`);
  ok(at > 0);
  bytes[at + '"schema":"'.length] = "9".charCodeAt(0);
  return bytes;
}

const CASES: readonly Case[] = [
  {
    name: "a cut last line of events.jsonl",
    damage: (run) => change(`${run}/events.jsonl`, (bytes) => bytes.subarray(0, bytes.length - 9)),
    says: /completed after/,
  },
  {
    name: "events.jsonl shorter than at its last checkpoint, as after a power cut",
    damage: (run) => change(`${run}/events.jsonl`, (bytes) => bytes.subarray(0, bytes.length / 2)),
    says: /warning .*train\.last\.safetensors" must not be ahead of events/,
  },
  {
    name: "a flipped bit in its last checkpoint",
    damage: (run) => change(last(run), flipped),
    says: /warning .*train\.last\.safetensors.* it is damaged/,
  },
  {
    name: "a truncated last checkpoint",
    damage: (run) => change(last(run), (bytes) => bytes.subarray(0, bytes.length - 4)),
    says: /warning .*train\.last\.safetensors/,
  },
  {
    name: "a last checkpoint of no bytes",
    damage: (run) => change(last(run), () => new Uint8Array()),
    says: /warning .*train\.last\.safetensors/,
  },
  {
    name: "a last checkpoint of another model",
    damage: (run, other) => Deno.copyFileSync(last(other), last(run)),
    says: /completed after/,
  },
  {
    name: "a last checkpoint of a newer schema",
    damage: (run) => change(last(run), ofNewerSchema),
    says: /warning .*must have checkpoint schema \d+, got 9: a newer version wrote it/,
  },
  {
    name: "a flipped bit in both of its checkpoints",
    damage(run) {
      change(last(run), flipped);
      change(previous(run), flipped);
    },
    says:
      /starts over: none of its checkpoints can be used(.|\n)*warning .*train\.previous\.safetensors.* it is damaged/,
  },
  {
    name: "its run.json gone",
    damage: (run) => Deno.removeSync(`${run}/run.json`),
    says: /starting over: "[^"]+run\.json" must be the record of a run, got: /,
    isSame: false,
  },
  {
    name: "half a run.json",
    damage: (run) => change(`${run}/run.json`, (bytes) => bytes.subarray(0, 100)),
    says: /starting over: "[^"]+run\.json" must be the record of a run, got: /,
    isSame: false,
  },
];

/** Stops a run after some epochs; gives its folder. */
async function stoppedRun(runs: string, ...settings: string[]): Promise<string> {
  const args = [...glyphsArguments(runs, ...SETTINGS, ...settings), "--max-epochs"];
  const { code, stderr } = await runProgram("run", [...args, "60"]);
  equal(code, 124, stderr);
  return onlyRun(runs, GLYPHS);
}

Deno.test("run --resume auto resumes from intact files, and reports damaged ones", async (test) => {
  await withRunsFolder(async (folder) => {
    const peace = await runProgram("run", glyphsArguments(`${folder}/peace`, ...SETTINGS));
    equal(peace.code, 0, peace.stderr);
    const expected = resultOf(onlyRun(`${folder}/peace`, GLYPHS));
    const other = await stoppedRun(`${folder}/other`, "train.model.latent=3");
    await stoppedRun(`${folder}/stopped`);
    for (const [index, { name, damage, says, isSame = true }] of CASES.entries()) {
      await test.step(name, async () => {
        const runs = `${folder}/case ${index}`;
        await copyFolder(`${ROOT}${folder}/stopped`, `${ROOT}${runs}`);
        const damaged = onlyRun(runs, GLYPHS);
        damage(damaged, other);
        const outcome = await runProgram("run", [...glyphsArguments(runs, ...SETTINGS), "--resume", "auto"]);
        equal(outcome.code, 0, outcome.stdout + outcome.stderr);
        match(outcome.stdout, says);
        assertSameResult(withoutWarnings(resultOf(endedRun(runs, damaged, isSame, outcome))), expected);
      });
    }
  });
});

/** The folder of the run that came to its end. */
function endedRun(runs: string, damaged: string, isSame: boolean, { stdout }: Outcome): string {
  if (isSame) return onlyRun(runs, GLYPHS);
  const path = /run +(runs\/.*)$/m.exec(stdout)![1];
  ok(!damaged.endsWith(path));
  return `${ROOT}${path}`;
}

function withoutWarnings({ events, ...rest }: RunResult): RunResult {
  return { ...rest, events: events.filter((line) => !line.startsWith('{"type":"warning"')) };
}

async function copyFolder(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-r", from, to] }).output();
  ok(success);
}

Deno.test("run --resume ID reports that a run without its run.json cannot be resumed, and exits 2", async () => {
  await withRunsFolder(async (folder) => {
    const run = await stoppedRun(folder);
    Deno.removeSync(`${run}/run.json`);
    const id = run.split("/").at(-1)!;
    const { code, stderr } = await runProgram("run", [
      ...glyphsArguments(folder, ...SETTINGS),
      "--resume",
      id,
    ]);
    equal(code, 2);
    match(stderr, /Run \S+ cannot be resumed: "\S+run\.json" must be the record of a run, got: no file/);
  });
});
