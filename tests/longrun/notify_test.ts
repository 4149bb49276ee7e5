import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

const SETTINGS = ["train.epochs=40"];

Deno.test("run --fail-if exits 3 and names the gate, in the record and in its last line", async () => {
  await withRunsFolder(async (folder) => {
    const gates = ["--fail-if", "evaluate.mse > 0.0001", "--fail-if", "evaluate.mse > 1000"];
    const { code, stdout, stderr } = await runProgram("run", [
      ...glyphsArguments(folder, ...SETTINGS),
      ...gates,
    ]);
    equal(code, 3, stdout + stderr);
    const run = onlyRun(folder, GLYPHS), { status, exitCode, reason } = readJson(`${run}/run.json`);
    equal(`${status} ${exitCode}`, "completed 3");
    match(
      reason,
      /^GATE FAILED: evaluate\.mse = [\d.]+, must not be > 0\.0001 \(squared error\/pixel, lower is better\)$/,
    );
    ok(!reason.includes("1000"), "a gate that was met is not named");
    const listed = await runProgram("runs", ["--runs", folder]);
    const inFull = await runProgram("runs", [run, "--runs", folder]);
    const json = await runProgram("runs", ["--runs", folder, "--json"]);
    const table = await runProgram("monitor", ["--all", "--runs", folder, "--ui", "plain"]);
    const replayed = await runProgram("monitor", [run, "--ui", "plain"]);
    equal(JSON.parse(json.stdout)[0].status, "gate failed");
    for (const { stdout } of [listed, table]) match(stdout, /✖ gate failed/);
    const report = await Deno.readTextFile(`${run}/report.md`);
    for (const text of [stdout, inFull.stdout, replayed.stdout]) ok(text.includes(reason), text);
    match(report, /^# .*: gate failed\n/);
    const said = [stdout, listed, inFull, table, replayed, report].map((one) =>
      typeof one === "string" ? one : one.stdout
    );
    said.forEach((text) => ok(!/completed/i.test(text), text));
  });
});

Deno.test("run --fail-if that is met exits 0; a stage that there is not exits 2 before any work", async () => {
  await withRunsFolder(async (folder) => {
    const args = glyphsArguments(folder, ...SETTINGS);
    const unknown = await runProgram("run", [...args, "--fail-if", "evalaute.mse > 1"]);
    equal(unknown.code, 2);
    match(unknown.stderr, /did you mean "evaluate"/);
    ok(
      ![...Deno.readDirSync(`${ROOT}runs`)].some(({ name }) => name === folder.slice(5)),
      "no folder was made",
    );
    equal((await runProgram("run", [...args, "--fail-if", "evaluate.mse > 1000"])).code, 0);
    const missing = await runProgram("run", [...args, "--fail-if", "evaluate.elbo < 1"]);
    equal(missing.code, 3, "a number that was not measured meets no gate");
  });
});

/** A server that gives some answers, one after the other, and keeps what it was sent. */
async function withServer(
  answers: number[],
  use: (url: string, received: { type: string | null; body: Record<string, unknown> }[]) => Promise<void>,
): Promise<void> {
  const received: { type: string | null; body: Record<string, unknown> }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    received.push({ type: request.headers.get("content-type"), body: await request.json() });
    return new Response("", { status: answers.shift() ?? 200 });
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}/hook`, received);
  } finally {
    await server.shutdown();
  }
}

Deno.test("run --webhook posts how it ended as JSON, and again when the first answer is 500", async () => {
  await withRunsFolder(async (folder) => {
    await withServer([500, 200], async (url, received) => {
      const { code, stderr } = await runProgram("run", [
        ...glyphsArguments(folder, ...SETTINGS),
        "--webhook",
        url,
      ]);
      equal(code, 0, stderr);
      equal(stderr, "");
      equal(received.length, 2);
      deepEqual(received[0], received[1]);
      const [{ type, body }] = received, run = onlyRun(folder, GLYPHS);
      equal(type, "application/json");
      equal(body.id, run.split("/").at(-1));
      deepEqual([body.status, body.exitCode, body.reason], ["completed", 0, "all stages done"]);
      deepEqual(body.metrics, readJson(`${run}/artifacts/metrics.json`));
    });
  });
});

Deno.test("run --webhook reports a failed gate, and does not insist on an answer of 404", async () => {
  await withRunsFolder(async (folder) => {
    await withServer([404], async (url, received) => {
      const more = ["--webhook", url, "--fail-if", "evaluate.mse >= 0"];
      const { code, stderr } = await runProgram("run", [...glyphsArguments(folder, ...SETTINGS), ...more]);
      equal(code, 3);
      match(stderr, /^warning: The webhook could not be reached: it answered 404\n$/);
      equal(received.length, 1);
      equal(received[0].body.exitCode, 3);
      equal(received[0].body.status, "gate failed");
      match(String(received[0].body.reason), /^GATE FAILED: evaluate\.mse = /);
    });
  });
});

Deno.test("run --webhook without an answer warns and changes no exit code", async () => {
  await withRunsFolder(async (folder) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = listener.addr;
    listener.close();
    const more = ["--webhook", `http://127.0.0.1:${port}/hook`];
    const { code, stderr } = await runProgram("run", [...glyphsArguments(folder, ...SETTINGS), ...more]);
    equal(code, 0, stderr);
    match(stderr, /^warning: The webhook could not be reached: .*\n$/);
  });
});

Deno.test("run adds Markdown to $GITHUB_STEP_SUMMARY, in any folder", async () => {
  await withRunsFolder(async (folder) => {
    const elsewhere = await Deno.makeTempDir(), path = `${elsewhere}/step summary é.md`;
    await Deno.writeTextFile(path, "before\n");
    const env = { GITHUB_STEP_SUMMARY: path };
    const { code, stderr } = await runProgram("run", glyphsArguments(folder, ...SETTINGS), env);
    equal(code, 0, stderr);
    equal(stderr, "");
    const text = await Deno.readTextFile(path);
    match(text, /^before\n/);
    match(text, /^#+ .*glyphs-dae/m);
    match(text, /\| .* \|/);
    for (const name of ["no/folder.md", "a,/etc/b.md"]) {
      const missing = await runProgram("run", glyphsArguments(folder, ...SETTINGS), {
        GITHUB_STEP_SUMMARY: `${elsewhere}/${name}`,
      });
      equal(missing.code, 0);
      match(missing.stderr, /^warning: The summary could not be written: .*\n$/);
    }
    await Deno.remove(elsewhere, { recursive: true });
  });
});
