import { match, ok, strictEqual as equal } from "node:assert/strict";
import { ROOT, runProgram, withRunsFolder } from "../support/program.ts";

const PIPELINE = "pipelines/glyphs-ae.ts";

/** Invalid input, the exit code, and a pattern of the message. */
const CASES: { name: string; args: string[]; code: number; says: RegExp }[] = [
  {
    name: "a file that does not exist",
    args: ["pipelines/nowhere.ts"],
    code: 2,
    says: /pipelines\/nowhere\.ts must be a file, got a path that does not exist/,
  },
  { name: "a folder for a file", args: ["pipelines"], code: 2, says: /must be a file/ },
  { name: "no file at all", args: [], code: 2, says: /missing required argument 'file'/ },
  {
    name: "zero epochs",
    args: [PIPELINE, "--set", "train.epochs=0"],
    code: 2,
    says: /train\.epochs .*, got 0/,
  },
  {
    name: "a misspelt option",
    args: [PIPELINE, "--set", "train.epohcs=5"],
    code: 2,
    says: /train\.epohcs .*did you mean "epochs"\?/,
  },
  {
    name: "a misspelt stage",
    args: [PIPELINE, "--set", "trian.epochs=5"],
    code: 2,
    says: /did you mean "train"\?/,
  },
  {
    name: "a setting without a value",
    args: [PIPELINE, "--set", "train.epochs"],
    code: 2,
    says: /STAGE\.OPTION=VALUE/,
  },
  {
    name: "negative noise",
    args: ["pipelines/glyphs-dae.ts", "--set", "noise.std=-0.1"],
    code: 2,
    says: /noise\.std .*-0\.1/,
  },
  {
    name: "a latent larger than the input",
    args: [PIPELINE, "--set", "train.model.latent=36"],
    code: 2,
    says: /at most the 35 values of a sample, got 36/,
  },
  {
    name: "an encoder that does not fit the images",
    args: [PIPELINE, "--set", "train.model.encoder=[36,5]"],
    code: 2,
    says: /must begin with the 35 values of a sample/,
  },
  { name: "an unknown engine", args: [PIPELINE, "--engine", "wsam"], code: 2, says: /did you mean "wasm"\?/ },
  {
    name: "an unknown screen",
    args: [PIPELINE, "--ui", "karaoke"],
    code: 2,
    says: /must be one of auto, tui, plain, json, off/,
  },
  {
    name: "a seed that is a word",
    args: [PIPELINE, "--seed", "seven"],
    code: 2,
    says: /whole number .*"seven"/,
  },
  {
    name: "an unknown flag",
    args: [PIPELINE, "--frobnicate"],
    code: 2,
    says: /unknown option '--frobnicate'/,
  },
  {
    name: "a runs folder that cannot be written",
    args: [PIPELINE, "--runs", "/proc/runs"],
    code: 2,
    says: /must be a writable folder/,
  },
];

/** Files that are not pipelines, and a pattern of the message. */
const FILES: { name: string; content: string; says: RegExp }[] = [
  {
    name: "a file that exports a number",
    content: "export default 5",
    says: /must export a pipeline or a sweep by default, got a number/,
  },
  {
    name: "a file without a default export",
    content: "export const x = 1",
    says: /must export a pipeline or a sweep by default, got none/,
  },
  {
    name: "a file that does not parse",
    content: "const x: = 3",
    says: /must be a TypeScript module that loads.*line 1, column/,
  },
  { name: "a file that throws", content: "throw new Error('no luck')", says: /that loads, got: no luck/ },
  {
    name: "a chain that lacks what a stage needs",
    content:
      'import { evaluate, pipeline } from "../../mod.ts"; export default pipeline("x").pipe(evaluate());',
    says: /evaluate needs "dataset"/,
  },
];

const CHAIN = `import { ae, glyphs, load, pipeline, sweep, train } from "../../mod.ts";
  const chain = pipeline("x").pipe(load(glyphs())).pipe(train(ae({ encoder: [35, 5], latent: 2 }), { epochs: 1 }));
  void sweep; `;
FILES.push(
  {
    name: "forgotten parentheses",
    content: `${CHAIN} export default pipeline("x").pipe(load);`,
    says: /load must be a stage, got the function load \(write load\(\.\.\.\)\)/,
  },
  {
    name: "options that are no object",
    content: `${CHAIN} export default pipeline("x").pipe(load(glyphs())).pipe(train(ae({}), 5));`,
    says: /train: options must be an object, got 5/,
  },
  {
    name: "a promise that is left to itself",
    content: `${CHAIN} Promise.reject(new Error("no luck")); export default chain;`,
    says: /must await what it starts, got an error outside of its stages: no luck/,
  },
  {
    name: "a timer that fails at once",
    content: `${CHAIN} setTimeout(() => { throw new Error("no luck"); }); export default chain;`,
    says: /must await what it starts, got an error outside of its stages: no luck/,
  },
  {
    name: "a sweep of a thousand million seeds",
    content: `${CHAIN} export default sweep(chain, { "train.epochs": [1] }, { seeds: 1e9 });`,
    says: /sweep must have at most 100000 trials, got 1000000000/,
  },
);

function isClean(text: string): boolean {
  return !/^ +at .*(file:|ext:)|Uncaught|panicked/m.test(text);
}

for (const { name, args, code, says } of CASES) {
  Deno.test(`run refuses ${name} with exit code ${code} and says why`, async () => {
    const outcome = await runProgram("run", args);
    equal(outcome.code, code, outcome.stderr);
    match(outcome.stderr, says);
    ok(isClean(outcome.stderr + outcome.stdout), "no stack trace");
  });
}

const SWEPT_LAYERS = `import { ae, conv, dense, glyphs, load, pipeline, sweep, train } from "../../mod.ts";
  const chain = pipeline("x").pipe(load(glyphs())).pipe(train(ae({ encoder: [9], latent: 2 }), { epochs: 1 }));
  export default sweep(chain, [
    { label: "maps", set: { "train.model.encoder": [conv(4)] } },
    { label: "maps of a vector", set: { "train.model.encoder": [dense(9), conv(4)] } },
  ]);`;

for (const command of ["plan", "run"] as const) {
  Deno.test(`${command} refuses a sweep of layers of which one setting does not fit, and names it`, async () => {
    await withRunsFolder(async (folder) => {
      const file = `${folder}/pipeline.ts`;
      await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
      await Deno.writeTextFile(`${ROOT}${file}`, SWEPT_LAYERS);
      const { code, stderr } = await runProgram(command, [file, "--runs", `${folder}/made`]);
      equal(code, 2, stderr);
      match(stderr, /train\.model\.encoder\.1 must follow pictures or a feature map/);
      match(stderr, /in the sweep's setting "maps of a vector"/);
      equal([...Deno.readDirSync(`${ROOT}${folder}`)].length, 1, "nothing was made");
      await Deno.writeTextFile(`${ROOT}${file}`, SWEPT_LAYERS.replace("[dense(9), conv(4)]", "[dense(9)]"));
      if (command === "run") return;
      const planned = await runProgram("plan", [file]);
      equal(planned.code, 0, planned.stderr);
      match(planned.stdout, /a sweep of 2 trials.*\n +maps {2}maps of a vector\n/);
    });
  });
}

for (const { name, content, says } of FILES) {
  Deno.test(`run refuses ${name} with exit code 2 and says why`, async () => {
    await withRunsFolder(async (folder) => {
      await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
      await Deno.writeTextFile(`${ROOT}${folder}/pipeline.ts`, content);
      const outcome = await runProgram("run", [`${folder}/pipeline.ts`, "--runs", `${folder}/made`]);
      equal(outcome.code, 2, outcome.stderr);
      match(outcome.stderr, says);
      ok(isClean(outcome.stderr), "no stack trace");
      equal([...Deno.readDirSync(`${ROOT}${folder}`)].length, 1, "nothing was made");
    });
  });
}

Deno.test("run shows all faults of all stages together", async () => {
  const args = [
    PIPELINE,
    "--set",
    "train.epochs=0",
    "--set",
    "train.batchSize=0.5",
    "--set",
    "interpolate.steps=1",
  ];
  const { code, stderr } = await runProgram("run", args);
  equal(code, 2);
  match(stderr, /3 settings are wrong/);
  for (const path of ["train.epochs", "train.batchSize", "interpolate.steps"]) {
    ok(stderr.includes(path), path);
  }
});

Deno.test("run --debug shows the stack", async () => {
  const { code, stderr } = await runProgram("run", ["pipelines/nowhere.ts", "--debug"]);
  equal(code, 2);
  match(stderr, /^ +at /m);
});
