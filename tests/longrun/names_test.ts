import { match, ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** Turns a terminal red, changes its title, clears it; and quotes of all kinds. */
const EVIL = "\x1b[31m\x1b]0;owned\x07\x1b[2J\x9b2J\r'\"`$(id)\\";
// deno-lint-ignore no-control-regex -- looks for what must not be there.
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

Deno.test("run leaves and resumes runs under a path with blanks and letters beyond ASCII", async () => {
  await withRunsFolder(async (folder) => {
    const runs = `${folder}/über läufe/данные 文字`;
    const args = glyphsArguments(runs, "train.epochs=30");
    const stopped = await runProgram("run", [...args, "--max-epochs", "20"]);
    equal(stopped.code, 124, stopped.stderr);
    const { code, stdout, stderr } = await runProgram("run", [...args, "--resume", "auto"]);
    equal(code, 0, stdout + stderr);
    const run = onlyRun(runs, GLYPHS);
    equal(readJson(`${run}/run.json`).status, "completed");
    ok(Deno.statSync(`${run}/artifacts/reconstructions.png`).size > 100);
    match(stdout, /über läufe\/данные 文字/);
  });
});

for (
  const { what, pipeline, stage } of [
    { what: "a pipeline's name", pipeline: EVIL, stage: "train" },
    { what: "a stage's name", pipeline: "fine", stage: EVIL },
    { what: "a pipeline's name that leads out of its folder", pipeline: "../../out", stage: "train" },
    { what: "a stage's name that leads out of its folder", pipeline: "fine", stage: "../../out" },
  ]
) {
  Deno.test(`run refuses ${what} that a terminal or a folder would obey, and does not show it raw`, async () => {
    await withRunsFolder(async (folder) => {
      await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
      await Deno.writeTextFile(
        `${ROOT}${folder}/pipeline.ts`,
        `import { ae, glyphs, load, pipeline, train } from "../../mod.ts";
        export default pipeline(${JSON.stringify(pipeline)}, { seed: 1 })
          .pipe(load(glyphs()))
          .pipe(train(ae({ encoder: [35, 8], latent: 2 }), { name: ${JSON.stringify(stage)}, epochs: 2 }));`,
      );
      const { code, stdout, stderr } = await runProgram("run", [`${folder}/pipeline.ts`, "--runs", folder]);
      equal(code, 2);
      ok(!OBEYED.test(stdout + stderr), JSON.stringify(stderr));
      match(stderr, /must be 1 to \d+ .*letters, digits/);
      equal([...Deno.readDirSync(`${ROOT}${folder}`)].length, 1, "nothing was made");
    });
  });
}

for (const option of ["--set", "--force", "--fail-if", "--resume", "--seed", "--engine"]) {
  Deno.test(`run refuses a value of ${option} with escape sequences and does not show it raw`, async () => {
    await withRunsFolder(async (folder) => {
      const { code, stdout, stderr } = await runProgram("run", [...glyphsArguments(folder), option, EVIL]);
      equal(code, 2, stdout + stderr);
      ok(!OBEYED.test(stdout + stderr), JSON.stringify(stderr));
    });
  });
}

Deno.test("run shows labels from folders named with escape sequences without them, in lines and in json", async () => {
  await withRunsFolder(async (folder) => {
    const side = 6, labels = ["plain", "\x1b[31mred\x1b]0;owned\x07", "qu\"ote's\u009b2J\r"];
    const head = new TextEncoder().encode(`P5 ${side} ${side} 255\n`);
    for (const [label, name] of labels.entries()) {
      await Deno.mkdir(`${ROOT}${folder}/pictures/${name}`, { recursive: true });
      for (let picture = 0; picture < 8; picture++) {
        const pixels = Uint8Array.from(
          { length: side * side },
          (_, at) => (at * (label + 2) + picture) % 5 < 2 ? 255 : 0,
        );
        await Deno.writeFile(
          `${ROOT}${folder}/pictures/${name}/${picture}\x1b[7m.pgm`,
          Uint8Array.of(...head, ...pixels),
        );
      }
    }
    await Deno.writeTextFile(
      `${ROOT}${folder}/pipeline.ts`,
      `import { ae, evaluate, exportRun, images, interpolate, load, pipeline, train } from "../../mod.ts";
      export default pipeline("labels", { seed: 1 })
        .pipe(load(images("${folder}/pictures", { height: ${side}, width: ${side}, testShare: 0.25 })))
        .pipe(train(ae({ encoder: [${side * side}, 8], latent: 2 }), { epochs: 20 }))
        .pipe(evaluate()).pipe(interpolate({ from: { sample: 0 }, to: { sample: 5 } })).pipe(exportRun());`,
    );
    for (const screen of ["plain", "json"]) {
      const args = [`${folder}/pipeline.ts`, "--runs", `${folder}/${screen}`, "--ui", screen, "--no-cache"];
      const { code, stdout, stderr } = await runProgram("run", args);
      equal(code, 0, stdout + stderr);
      ok(!OBEYED.test(stdout + stderr), JSON.stringify(stdout.match(OBEYED)));
      const events = Deno.readTextFileSync(`${onlyRun(`${folder}/${screen}`, "labels")}/events.jsonl`);
      // JSON escapes all below a blank; the others are harmless in a file.
      // deno-lint-ignore no-control-regex -- looks for what must not be there.
      ok(!/[\x00-\x09\x0b-\x1f]/.test(events));
      ok(events.includes("red"));
    }
  });
});
