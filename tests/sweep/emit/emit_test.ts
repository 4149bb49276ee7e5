import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import { EMIT_TARGETS, emitFile, shardsFor } from "../../../src/sweep/emit/emit.ts";
import { shardOfEnvironment } from "../../../src/sweep/shards/environments.ts";
import {
  bash,
  callsIn,
  JOB,
  RECORDS_WORDS,
  TRICKY_JOB,
  withPrograms,
  wordsOfCommand,
} from "../../support/emitted.ts";
import { LOCKED, outcomeOf, ROOT } from "../../support/program.ts";
import { parsedDocuments, schemaFaults } from "../../support/schemas.ts";

const JOBS = [JOB, TRICKY_JOB, { ...JOB, shards: 2 }, { ...JOB, pipeline: "123", cores: 16 }];
const SHARD_WORDS = (runs: string) => [
  ...["task", "-q", "sweep", ...TRICKY_JOB.words, "--shard", "auto", "--runs", runs, "--ui", "plain"],
];

for (
  const [target, schema] of [["k8s", "kubernetes"], ["github", "github"], ["gitlab", "gitlab"]] as const
) {
  Deno.test(`emitFile("${target}") is valid by the published schema, and the same for readers of YAML 1.1 and 1.2`, () => {
    for (const job of JOBS) {
      const text = emitFile(target, job), documents = parsedDocuments(text);
      for (const document of documents) deepEqual(schemaFaults(schema, document), [], text);
      deepEqual(parsedDocuments(text, "1.1"), documents);
    }
  });

  Deno.test(`emitFile("${target}") with a fault is refused by the published schema`, () => {
    const [document] = parsedDocuments(emitFile(target, JOB));
    const wrong = JSON.parse(
      JSON.stringify(document).replace(/"(completions|runs-on|script)":/, '"misspelt":'),
    );
    ok(schemaFaults(schema, wrong).length > 0);
  });
}

Deno.test("emitFile() begins with what it is, and how it was made", () => {
  for (const target of EMIT_TARGETS) {
    const lines = emitFile(target, { ...JOB, typed: `deno task sweep x.ts --emit ${target}` }).split("\n");
    const start = lines[0] === "#!/bin/bash" ? 1 : 0;
    equal(lines[start], "# The sweep of glyphs-dae: 24 trials in 8 shards. Made by");
    equal(lines[start + 1], `#   deno task sweep x.ts --emit ${target}`);
  }
});

Deno.test("emitFile() is the same text in another process, with another time zone, language and order of the job's fields", async () => {
  const job = Object.fromEntries(Object.entries(TRICKY_JOB).reverse());
  const source = JSON.stringify(import.meta.resolve("../../../src/sweep/emit/emit.ts"));
  const program = `import { EMIT_TARGETS, emitFile } from ${source};
    const job = ${JSON.stringify(job)};
    console.log(JSON.stringify(EMIT_TARGETS.map((target) => emitFile(target, job))));`;
  await withPrograms({}, async (folder) => {
    await Deno.writeTextFile(`${folder}/emit.ts`, program);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--no-check",
        `--config=${ROOT}deno.json`,
        ...LOCKED,
        `${folder}/emit.ts`,
      ],
      cwd: folder,
      env: { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
    }).output();
    ok(success, new TextDecoder().decode(stderr));
    const texts = JSON.parse(new TextDecoder().decode(stdout));
    deepEqual(texts, EMIT_TARGETS.map((target) => emitFile(target, TRICKY_JOB)));
  });
});

/** What Kubernetes makes of the words of a command: variables of the container replaced, `$$` for a dollar. */
function expanded(words: readonly string[], variables: Readonly<Record<string, string>>): string[] {
  return words.map((word) =>
    word.replace(/\$\$|\$\((\w+)\)/g, (whole, name) => whole === "$$" ? "$" : variables[name] ?? whole)
  );
}

Deno.test('emitFile("k8s") runs each shard once: an index each, whose number --shard auto finds', () => {
  const [{ spec }] = parsedDocuments(emitFile("k8s", TRICKY_JOB));
  deepEqual([spec.completionMode, spec.completions, spec.parallelism], ["Indexed", 8, 8]);
  const [container] = spec.template.spec.containers;
  const env = Object.fromEntries(
    container.env.map(({ name, value }: Record<string, string>) => [name, value]),
  );
  const { index, count } = shardOfEnvironment({ ...env, JOB_COMPLETION_INDEX: "7" });
  deepEqual([index, count], [8, 8]);
  const words = expanded(container.command, { ...env, JOB_COMPLETION_INDEX: "7" });
  deepEqual(words, ["deno", ...SHARD_WORDS("/runs/glyphs-dae/7")]);
});

Deno.test('emitFile("k8s") keeps the rules of the API that its schema cannot state', () => {
  const [{ spec }, merge] = parsedDocuments(emitFile("k8s", JOB));
  // backoffLimitPerIndex and podFailurePolicy need Indexed and restartPolicy Never; a rule has one of two conditions.
  equal(spec.template.spec.restartPolicy, "Never");
  for (const rule of spec.podFailurePolicy.rules) {
    equal(Number("onExitCodes" in rule) + Number("onPodConditions" in rule), 1);
    const { containerName, values = [] } = rule.onExitCodes ?? {};
    if (containerName !== undefined) equal(containerName, spec.template.spec.containers[0].name);
    deepEqual(values, values.toSorted((one: number, other: number) => one - other));
    ok(!values.includes(0));
  }
  const actions = (code: number) =>
    spec.podFailurePolicy.rules.find((rule: { onExitCodes?: { values: number[] } }) =>
      rule.onExitCodes?.values.includes(code)
    )?.action;
  deepEqual([1, 2, 4, 124, 143].map(actions), [undefined, "FailJob", "FailIndex", "Ignore", "Ignore"]);
  for (const document of [{ spec }, merge]) {
    const { volumes: [volume], containers: [{ volumeMounts: [mount] }] } = document.spec.template.spec;
    equal(mount.name, volume.name);
  }
  equal(merge.spec.suspend, true);
  // Names of jobs are labels of DNS, and those of pods add an index.
  for (const job of JOBS) {
    for (
      const { metadata: { name } } of parsedDocuments(
        emitFile("k8s", { ...job, pipeline: `${job.pipeline}ab`.repeat(20) }),
      )
    ) {
      match(`${name}-99999`, /^[a-z]([-a-z0-9]*[a-z0-9])?$/);
      ok(name.length <= 57, name);
    }
  }
});

Deno.test('emitFile("github") runs each shard once, whose number --shard auto finds', async () => {
  const [{ jobs: { sweep, merge } }] = parsedDocuments(emitFile("github", TRICKY_JOB));
  deepEqual(sweep.strategy.matrix, { shard: [1, 2, 3, 4, 5, 6, 7, 8] });
  equal(sweep.strategy["fail-fast"], false);
  const { env, run } = sweep.steps.find(({ name }: { name?: string }) => name === "sweep");
  const context: Record<string, string> = {
    "strategy.job-index": "7",
    "strategy.job-total": "8",
    "'${{'": "${{",
  };
  const evaluated = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (whole, name) => context[name] ?? whole);
  const variables = Object.fromEntries(
    Object.entries(env as Record<string, string>).map(([name, value]) => [name, evaluated(value)]),
  );
  const { index, count } = shardOfEnvironment(variables);
  deepEqual([index, count], [8, 8]);
  deepEqual(await wordsOfCommand(evaluated(run)), [SHARD_WORDS("runs")]);
  match(run, /^timeout --signal=USR1 330m deno /);
  ok(sweep["timeout-minutes"] > 330);
  equal(merge.needs, "sweep");
});

Deno.test('emitFile("github") names a version of each action, and merges what the shards uploaded', () => {
  const [{ jobs: { sweep, merge } }] = parsedDocuments(emitFile("github", JOB));
  const steps = [...sweep.steps, ...merge.steps] as {
    uses?: string;
    with?: Record<string, string>;
    run?: string;
  }[];
  for (const { uses } of steps) if (uses !== undefined) match(uses, /^actions\/[\w/-]+@v\d+\.\d+\.\d+$/);
  const withOf = (action: string, of: typeof steps) =>
    of.find(({ uses }) => uses?.startsWith(`actions/${action}@`))!.with!;
  equal(withOf("upload-artifact", sweep.steps).name, "shard-${{ strategy.job-index }}");
  equal(withOf("download-artifact", merge.steps).pattern, "shard-*");
  equal(merge.steps.at(-2).run, "deno task -q merge shards/* --out runs/merged");
  equal(withOf("upload-artifact", merge.steps).path, "runs/merged");
});

Deno.test('emitFile("gitlab") runs each shard once, in a folder of its own that the merge gets', async () => {
  const [{ sweep, merge }] = parsedDocuments(emitFile("gitlab", TRICKY_JOB));
  equal(sweep.parallel, 8);
  deepEqual(await wordsOfCommand(sweep.script[0], { CI_NODE_INDEX: "8" }), [SHARD_WORDS("runs/shard-8")]);
  deepEqual(sweep.retry, { max: 2, exit_codes: [124] });
  deepEqual(sweep.allow_failure, { exit_codes: [4] });
  equal(sweep.cache.key, "sweep-$CI_PIPELINE_ID-$CI_NODE_INDEX");
  deepEqual(merge.needs, [{ job: "sweep", artifacts: true }]);
  equal(merge.when, "always");
  await withPrograms({ deno: RECORDS_WORDS }, async (folder) => {
    for (const shard of [1, 2]) await Deno.mkdir(`${folder}/runs/shard-${shard}`, { recursive: true });
    const { code, stderr } = await outcomeOf(bash(folder, ["-euc", merge.script[0]]));
    equal(code, 0, stderr);
    deepEqual(await callsIn(folder), [[
      ...["task", "-q", "merge", "runs/shard-1", "runs/shard-2", "--out", "runs/merged"],
    ]]);
  });
});

Deno.test("shardsFor() takes eight shards, fewer where there are fewer trials, and what is wanted", () => {
  deepEqual(EMIT_TARGETS.map((target) => shardsFor(target, 1000)), [8, 8, 8, 8]);
  deepEqual(EMIT_TARGETS.map((target) => shardsFor(target, 3)), [3, 3, 3, 3]);
  deepEqual(EMIT_TARGETS.map((target) => shardsFor(target, 1000, 100)), [100, 100, 100, 100]);
});

Deno.test("shardsFor() refuses more shards than trials, and more than the scheduler takes", () => {
  throws(() => shardsFor("slurm", 4, 5), {
    message: "--shards must be at most 4, the number of trials, got 5",
  });
  throws(
    () => shardsFor("github", 1000, 257),
    { message: "--shards must be from 1 to 256 with --emit github, got 257 (the jobs of a matrix)" },
  );
  throws(() => shardsFor("gitlab", 1000, 201), /from 2 to 200 .*GitLab's keyword parallel/);
  throws(() => shardsFor("gitlab", 1000, 1), /from 2 to 200/);
  throws(() => shardsFor("slurm", 5000, 1001), /from 1 to 1000 .*MaxArraySize/);
});
