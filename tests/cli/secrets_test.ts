import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { SECRET_OPTIONS } from "../../src/core/secrets.ts";
import { filesIn } from "../support/run_result.ts";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** Parts of addresses that must not be readable. */
const SECRETS = ["SECRETUSER", "SECRETPW", "SECRETTOKEN0123456789", "SECRETKEY"];
const ADDRESS = "http://SECRETUSER:SECRETPW@127.0.0.1:8/hook/SECRETTOKEN0123456789?key=SECRETKEY";

/** No file under a folder and none of the texts has a secret. */
function assertSecret(folder: string, texts: Record<string, string>): void {
  const files = filesIn(`${ROOT}${folder}`);
  ok(files.some((file) => file.endsWith("run.json")) && files.some((file) => file.endsWith("report.html")));
  const all = [
    ...files.map((file) => [file, Deno.readTextFileSync(file)]),
    ...Object.entries(texts),
  ];
  for (const [name, text] of all) {
    for (const secret of SECRETS) ok(!text.includes(secret), `${name} has ${secret}`);
  }
}

for (
  const { form, args, env } of [
    { form: "--webhook URL", args: ["--webhook", ADDRESS], env: {} },
    { form: "--webhook=URL", args: [`--webhook=${ADDRESS}`], env: {} },
    { form: "HOURGLASS_WEBHOOK", args: [], env: { HOURGLASS_WEBHOOK: ADDRESS } },
  ]
) {
  Deno.test(`run writes nothing of the address of ${form} anywhere, also when it cannot be reached`, async () => {
    await withRunsFolder(async (folder) => {
      const summary = `${ROOT}${folder}/summary.md`;
      await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
      await Deno.writeTextFile(summary, "");
      const { stdout, stderr, code } = await runProgram("run", [
        ...glyphsArguments(folder, "train.epochs=2"),
        ...args,
        "--fail-if",
        "evaluate.mse >= 0",
        "--debug",
      ], { GITHUB_STEP_SUMMARY: summary, ...env });
      equal(code, 3, stdout + stderr);
      match(stderr, /^warning: The webhook could not be reached: .*refused/);
      const run = onlyRun(folder, GLYPHS).slice(ROOT.length);
      const shown = await runProgram("runs", [run, "--json"]);
      const list = await runProgram("runs", ["--runs", folder]);
      const full = await runProgram("runs", [run]);
      equal((await runProgram("report", [run])).code, 0);
      const texts = { stdout, stderr, shown: shown.stdout, list: list.stdout, full: full.stdout };
      assertSecret(folder, texts);
      match(await Deno.readTextFile(summary), /^#/);
      const markdown = await Deno.readTextFile(`${ROOT}${run}/report.md`);
      ok(!markdown.includes("--webhook"), "the command that repeats the run posts nothing");
      deepEqual(
        readJson(`${ROOT}${run}/run.json`).argv.filter((word: string) => word.includes("webhook")),
        args.length === 0 ? [] : ["--webhook=[redacted]"],
      );
    });
  });
}

Deno.test("run refuses what is no address without repeating it, misspelt options included", async () => {
  for (
    const args of [
      ["--webhook", "htps://u:SECRETPW@h/SECRETTOKEN0123456789"],
      ["--webhook=SECRETTOKEN0123456789"],
      ["--webhok=http://h/SECRETTOKEN0123456789"],
    ]
  ) {
    const { code, stdout, stderr } = await runProgram("run", ["pipelines/glyphs-dae.ts", ...args]);
    equal(code, 2);
    match(stderr, /webho/);
    ok(!/SECRET/.test(stdout + stderr), stderr);
  }
  const { code, stderr } = await runProgram("run", ["pipelines/glyphs-dae.ts"], {
    HOURGLASS_WEBHOOK: "SECRETPW",
  });
  equal(code, 2);
  equal(stderr.trim(), "error: HOURGLASS_WEBHOOK must be an http or https address");
});

Deno.test("run removes user names and passwords of addresses in other options from its record", async () => {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    await Deno.writeTextFile(
      `${ROOT}${folder}/pipeline.ts`,
      `import { ae, glyphs, load, pipeline, train } from "../../mod.ts";
      export default pipeline("plain", { seed: 1 }).pipe(load(glyphs()))
        .pipe(train(ae({ encoder: [35, 8], latent: 2 }), { epochs: 2, until: "mse < 0" }));`,
    );
    // An option that takes any text up to its own check: the refusal must not repeat it either.
    const setting = "train.until=https://u:SECRETPW@h/x";
    const { code, stderr } = await runProgram("run", [
      `${folder}/pipeline.ts`,
      "--runs",
      folder,
      "--set",
      setting,
    ]);
    equal(code, 2);
    ok(!stderr.includes("SECRETPW"), stderr);
    match(stderr, /\[redacted\]@h/);
  });
});

Deno.test("run --detach posts how it ended, and the process in the background does not show the address", async () => {
  const received: Record<string, unknown>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    received.push({ path: new URL(request.url).pathname, ...await request.json() });
    return new Response("");
  });
  await withRunsFolder(async (folder) => {
    const url = `http://127.0.0.1:${server.addr.port}/hook/SECRETTOKEN0123456789`;
    const args = [...glyphsArguments(folder, ENDLESS), "--detach", `--webhook=${url}`];
    const started = await runProgram("run", args);
    equal(started.code, 0, started.stderr);
    const run = await untilLogged(folder, '"epoch":1,');
    if (Deno.build.os === "linux") {
      const words = Deno.readTextFileSync(`/proc/${readJson(`${run}/run.json`).host.pid}/cmdline`);
      match(words, /glyphs-dae/);
      ok(!words.includes("SECRETTOKEN"), words);
    }
    equal((await runProgram("stop", [run.slice(ROOT.length)])).code, 0);
    for (let tries = 0; tries < 600 && received.length === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    equal(received.length, 1);
    equal(received[0].path, "/hook/SECRETTOKEN0123456789");
    equal(received[0].status, "stopped");
    assertSecret(folder, { stdout: started.stdout, stderr: started.stderr });
  });
  await server.shutdown();
});

Deno.test("every option that holds a secret by its name is declared as one", async () => {
  const declared = Object.keys(SECRET_OPTIONS);
  const found: string[] = [];
  for (const name of [...Deno.readDirSync(`${ROOT}src/cli`)].map(({ name }) => name)) {
    if (!name.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(`${ROOT}src/cli/${name}`);
    for (const [, option] of text.matchAll(/(?:option|Option)\(\s*"(--[\w-]+)/g)) {
      if (/url|uri|hook|token|secret|pass|auth|key|address/i.test(option)) found.push(option);
    }
    // An address is read by the one function that makes its option secret.
    if (name !== "options.ts" && name !== "notify_end.ts") ok(!/URL\.canParse|<url>/.test(text), name);
  }
  deepEqual(found, declared);
});
