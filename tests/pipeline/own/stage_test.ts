import { deepStrictEqual as deepEqual, match, ok, throws } from "node:assert/strict";
import { z } from "zod";
import { BUILT_IN_KINDS } from "../../../src/pipeline/own/built_in_kinds.ts";
import { stage } from "../../../src/pipeline/own/stage.ts";
import { metric, unit } from "../../../src/pipeline/metric.ts";
import { pipeline } from "../../../src/pipeline/pipeline.ts";
import { resolvePipeline } from "../../../src/pipeline/resolve.ts";
import type { Stage } from "../../../src/pipeline/stage.ts";
import { mustRun, runStage } from "../../stages/fake_run.ts";
import { ROOT } from "../../support/program.ts";

/** An own stage whose types are left to the run. */
// deno-lint-ignore no-explicit-any -- what a file that was never type-checked may write.
const loose = (definition: Record<string, any>) =>
  stage({ name: "own", version: 1, ...definition } as never) as unknown as (
    options?: object,
  ) => Stage<object, object>;

/** The lines of the error that a pipeline of one stage is refused with. */
function faults(made: Stage<object, object>, overrides: string[] = []): string[] {
  try {
    resolvePipeline(pipeline("test").pipe(made), { overrides });
    return [];
  } catch (thrown) {
    return (thrown as Error).message.split("\n").slice(1).map((line) => line.trim());
  }
}

Deno.test("BUILT_IN_KINDS are the kinds of the stages in src/stages/", () => {
  const kinds = new Set<string>();
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) walk(`${folder}/${name}`);
      else {for (
          const [, kind] of Deno.readTextFileSync(`${folder}/${name}`).matchAll(
            /^\s+kind: "(\w+)",\n\s+version:/gm,
          )
        ) {
          kinds.add(kind);
        }}
    }
  };
  walk(`${ROOT}src/stages`);
  ok(kinds.size > 10);
  deepEqual([...kinds].sort(), [...BUILT_IN_KINDS].sort());
});

const REFUSED: readonly { name: string; definition: Record<string, unknown>; says: RegExp }[] = [
  {
    name: "a built-in name",
    definition: { name: "train" },
    says: /^stage "train": name must not be that of a built-in stage/,
  },
  {
    name: "a name with a slash",
    definition: { name: "a/b" },
    says: /^stage "a\/b": name must be 1 to 40 letters/,
  },
  {
    name: "no version",
    definition: { version: undefined },
    says: /version must be an integer of at least 1, got undefined/,
  },
  { name: "no run", definition: { run: 5 }, says: /run must be a function, got 5/ },
  {
    name: "a misspelt field",
    definition: { ouputs: [] },
    says: /ouputs is unknown \(did you mean "outputs"\?\)/,
  },
  {
    name: "a module that is no address",
    definition: { module: "own.ts" },
    says: /module must be import\.meta\.url, got "own\.ts"/,
  },
  {
    name: "a default that is no plain data",
    definition: { options: { at: new Date(0) } },
    says: /options\.at must be plain data, got an instance of Date/,
  },
  {
    name: "an option called name",
    definition: { options: { name: "x" } },
    says: /options\.name must have another name/,
  },
];

for (const { name, definition, says } of REFUSED) {
  Deno.test(`stage() refuses ${name}`, () => {
    throws(() => loose({ run: () => ({}), ...definition }), (thrown: Error) => {
      match(thrown.message, says);
      return thrown.name === "UsageError";
    });
  });
}

Deno.test("stage() checks options against defaults and against schemas, and names the nearest known one", () => {
  const plain = loose({ options: { limit: 5, mode: "a", list: [1], inner: { on: true } }, run: () => ({}) });
  deepEqual(faults(plain()), []);
  deepEqual(faults(plain(), ["own.limit=7", "own.inner.on=false", "own.mode=5"]), []);
  deepEqual(faults(plain({ limt: 3 })), ['✖ own.limt is unknown: did you mean "limit"?']);
  deepEqual(faults(plain({ limit: "3" })), ['✖ own.limit must be a number, got "3"']);
  const schema = loose({ options: z.strictObject({ limit: z.number().max(9) }), run: () => ({}) });
  deepEqual(faults(schema({ limit: 3, name: "other" })), []);
  match(faults(schema({ limit: 10 })).join(), /own\.limit .*<=9, got 10/);
  match(faults(schema({ limit: 1, more: 2 })).join(), /Unrecognized key: "more"/);
  const foreign = loose({ options: z.object({}).transform(() => ({ at: new Date(0) })), run: () => ({}) });
  match(faults(foreign()).join(), /own\.at must be plain data, got an instance of Date/);
});

Deno.test("stage() turns an error of plan into a fault with its place", () => {
  const broken = loose({
    plan: () => {
      throw new Error("no luck");
    },
    run: () => ({}),
  });
  match(
    faults(broken()).join(),
    /own\.plan must not throw, got: no luck \(tests\/pipeline\/own\/stage_test\.ts, line \d+, column \d+\)/,
  );
});

const RESULTS: readonly { name: string; result: unknown; says: RegExp }[] = [
  {
    name: "nothing",
    result: undefined,
    says: /must return an object such as \{ outputs, metrics \}, got undefined/,
  },
  {
    name: "an output that it did not declare",
    result: { outputs: { a: 1, b: 2 } },
    says: /only the outputs that it declares, got "b"/,
  },
  {
    name: "no output where it declared one",
    result: { outputs: {} },
    says: /the output "a", which it declares, got no outputs/,
  },
  {
    name: "a bare number as a metric",
    result: { outputs: { a: 1 }, metrics: { m: 5 } },
    says: /metric "m" with a number, a unit and a direction, got 5/,
  },
  {
    name: "a metric without a unit",
    result: { outputs: { a: 1 }, metrics: { m: { value: 5, direction: "none" } } },
    says: /metric "m" with a unit, got undefined/,
  },
  {
    name: "a metric without a direction",
    result: { outputs: { a: 1 }, metrics: { m: { value: 5, unit: "z" } } },
    says: /direction "lower", "higher" or "none", got undefined/,
  },
  {
    name: "a metric with a name that a gate cannot have",
    result: { outputs: { a: 1 }, metrics: { "$m>": metric(1, { unit: unit("mm"), direction: "none" }) } },
    says: /name a metric by letters/,
  },
];

for (const { name, result, says } of RESULTS) {
  Deno.test(`run() of an own stage fails with one sentence when it returns ${name}`, async () => {
    const { error } = await runStage(loose({ outputs: ["a"], run: () => result })());
    match(error!.message, /^stage "own" must /);
    match(error!.message, says);
  });
}

Deno.test("run() of an own stage fails with the file and line of the user's code, and with no frame of this program", async () => {
  const { error } = await runStage(loose({ run: () => undefined!["x" as never] })());
  match(error!.message, /^Cannot read.* \(tests\/pipeline\/own\/stage_test\.ts, line \d+, column \d+\)$/);
  match(error!.stack!, /stage_test\.ts/);
  ok(!/\/src\//.test(error!.stack!), error!.stack);
});

Deno.test("emit() and writeArtifact() of an own stage refuse what would damage the run", async () => {
  const tried = async (use: (context: never) => unknown) =>
    (await runStage(
      loose({ run: async (_: object, _o: object, context: never) => (await use(context), {}) })(),
    )).error
      ?.message;
  match(
    await tried((c: { emit(e: object): void }) => c.emit({ type: "end" })) as string,
    /an event must be of type log, /,
  );
  match(
    await tried((c: { emit(e: object): void }) => c.emit({ type: "epoch", epoch: 1 })) as string,
    /^the event "epoch" is invalid at "loss"/,
  );
  match(
    await tried((c: { writeArtifact(f: string): void }) => c.writeArtifact("metrics.json")) as string,
    /must not have the name of a file of the run/,
  );
});

Deno.test("run() of an own stage logs, warns and measures like a built-in one", async () => {
  const { events, metrics, files } = await mustRun(
    loose({
      run: async (
        _: object,
        _o: object,
        context: {
          log(t: string): void;
          warn(t: string): void;
          writeArtifact(...a: string[]): Promise<void>;
        },
      ) => {
        context.log("one");
        context.warn("two");
        await context.writeArtifact("own.txt", "a text", "content");
        return { metrics: { m: metric(5, { unit: unit("mm"), direction: "lower" }) } };
      },
    })(),
  );
  deepEqual(events.map((event) => "message" in event ? `${event.type} ${event.message}` : event.type), [
    "log one",
    "warning two",
  ]);
  deepEqual(metrics, { m: { value: 5, unit: "mm", direction: "lower" } });
  deepEqual([...files.keys()], ["own.txt"]);
});

Deno.test("resolvePipeline() refuses two own stages of one name, and takes one that is used twice", () => {
  const one = loose({ run: () => ({}) }), other = loose({ run: () => ({ note: "other" }) });
  resolvePipeline(pipeline("test").pipe(one()).pipe(one()));
  throws(
    () => resolvePipeline(pipeline("test").pipe(one()).pipe(other())),
    /own2 must be of a kind of its own, got another stage that is defined as "own"/,
  );
});
