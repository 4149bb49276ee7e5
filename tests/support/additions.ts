/** The examples of CONTRIBUTING.md, added to a copy of the sources as it says. @module */
import { ROOT } from "./program.ts";

/** Changes the text of a file. */
type Edit = (text: string) => string;

/** What an addition takes: new files by the section of CONTRIBUTING.md that has them, and edits of others. */
interface Addition {
  readonly files: Readonly<Record<string, string>>;
  readonly edits: Readonly<Record<string, Edit>>;
  /** Edits of tests. */
  readonly tests?: Readonly<Record<string, Edit>>;
}

/** Inserts a line after the first (or each) place where some text ends a line. */
const after = (found: string, line: string): Edit => (text) => {
  if (!text.includes(`${found}\n`)) throw new Error(`additions: no line ends in "${found}"`);
  return text.replaceAll(`${found}\n`, `${found}\n${line}\n`);
};
/** Inserts a line before the first place where some text begins a line. */
const before = (found: string, line: string): Edit => (text) => {
  if (!text.includes(`\n${found}`)) throw new Error(`additions: no line begins with "${found}"`);
  return text.replace(`\n${found}`, `\n${line}\n${found}`);
};
const instead = (found: string, by: string): Edit => (text) => {
  if (!text.includes(found)) throw new Error(`additions: there is no "${found}"`);
  return text.replace(found, by);
};
const all = (...edits: readonly Edit[]): Edit => (text) => edits.reduce((made, edit) => edit(made), text);

const MODELS = "tests/support/models.ts";
const model = (name: string, options: string) =>
  after('    "dae, mse": { kind: "dae", encoder, latent: 2, activation: "tanh" },', `"${name}": ${options},`);

/** One of each kind of thing, as the table in ARCHITECTURE.md names it. */
export const ADDITIONS: Readonly<Record<string, Addition>> = {
  "a layer": {
    files: { "src/models/layers/rms_norm.ts": "A layer" },
    edits: {
      "src/models/layers/kinds.ts": all(
        before(
          "import { type UpsampleInput",
          'import { rmsNormKind, type RmsNormLayer } from "./rms_norm.ts";',
        ),
        before("export { upsample,", 'export { rmsNorm, type RmsNormLayer } from "./rms_norm.ts";'),
        after("  | ReshapeLayer", "  | RmsNormLayer"),
        after("  reshape: reshapeKind,", "  rmsNorm: rmsNormKind,"),
      ),
    },
    tests: {
      [MODELS]: all(
        model("ae of rmsNorm", '{ kind: "ae", encoder: [35, { kind: "rmsNorm" }, 9], latent: 2 }'),
        model(
          "vae of rmsNorm in maps and blocks",
          `{ kind: "vae", input: [4, 4, 1], latent: 2, encoder: [conv(3), { kind: "rmsNorm" },
            residual([conv(3, { stride: 2 }), { kind: "rmsNorm" }, conv(3)])] }`,
        ),
      ),
    },
  },
  "an activation": {
    files: {},
    edits: {
      "src/models/activations.ts": all(
        instead('| "silu"', '| "silu" | "mish"'),
        before(
          "/** The slope of leakyRelu below zero. */",
          exampleOf("An activation").replace(/^import.*\n/gm, ""),
        ),
        after(
          '  tanh: { apply: (build, x) => build.tanh(x), initialiser: "xavier", pytorch: "torch.tanh", tfjs: "tanh" },',
          "  mish,",
        ),
      ),
    },
    tests: { [MODELS]: instead("silu: 1,", "silu: 1, mish: 1,") },
  },
  "a likelihood": {
    files: { "src/models/likelihoods/laplace.ts": "A likelihood" },
    edits: {
      "src/models/likelihoods/kinds.ts": all(
        before(
          "import type { LikelihoodKind }",
          'import { laplaceKind, type LaplaceLoss } from "./laplace.ts";',
        ),
        after("  | ContinuousBernoulliLoss", "  | LaplaceLoss"),
        instead('| "discretisedLogistic";', '| "discretisedLogistic" | "laplace";'),
        after("  gaussian: gaussianKind,", "  laplace: laplaceKind,"),
      ),
    },
    tests: {
      [MODELS]: model(
        "vae of laplace",
        '{ kind: "vae", encoder, latent: 2, loss: "laplace", outputActivation: "linear" }',
      ),
    },
  },
  "an optimizer": {
    files: { "src/training/optimizers/sign_sgd.ts": "An optimizer" },
    edits: {
      "src/training/optimizers/kinds.ts": all(
        after('import { sgdKind } from "./sgd.ts";', 'import { signSgdKind } from "./sign_sgd.ts";'),
        after('export { sgd } from "./sgd.ts";', 'export { signSgd } from "./sign_sgd.ts";'),
        after('  | ({ kind: "sgd" } & StepSize)', '  | ({ kind: "signSgd" } & StepSize)'),
        after("  sgd: sgdKind,", "  signSgd: signSgdKind,"),
      ),
    },
    tests: {
      "tests/support/optimizers.ts": after('  sgd: { kind: "sgd" },', '  signSgd: { kind: "signSgd" },'),
    },
  },
  "a learning-rate schedule": {
    files: { "src/training/schedules/inverse_root.ts": "A learning-rate schedule" },
    edits: {
      "src/training/schedules/kinds.ts": all(
        before("import { oneCycleKind,", 'import { inverseRootKind } from "./inverse_root.ts";'),
        before("export { oneCycle,", 'export { inverseRoot } from "./inverse_root.ts";'),
        after('  | ({ kind: "constant" } & WarmupOptions)', '  | ({ kind: "inverseRoot" } & WarmupOptions)'),
        after("  constant: constantKind,", "  inverseRoot: inverseRootKind,"),
      ),
    },
  },
  "a source": {
    files: { "src/data/ramps.ts": "A source" },
    edits: {
      "src/data/source.ts": all(
        before("import { type TableInput,", 'import { type RampsInput, rampsSource } from "./ramps.ts";'),
        after("  pairedSource,", "  rampsSource,"),
        after("  | PairedInput", "  | RampsInput"),
      ),
      "mod.ts": before("export { mnist,", 'export { ramps, type RampsInput } from "./src/data/ramps.ts";'),
    },
  },
  "a stage": {
    files: { "src/stages/count.ts": "A stage" },
    edits: { "mod.ts": before("export { mnist,", 'export { count } from "./src/stages/count.ts";') },
  },
};

/** The example in a section of CONTRIBUTING.md. */
function exampleOf(section: string): string {
  const [, text] = new RegExp(`^### ${section}\\n[\\s\\S]*?^\`\`\`ts\\n([\\s\\S]*?)^\`\`\``, "m").exec(
    Deno.readTextFileSync(`${ROOT}CONTRIBUTING.md`),
  )!;
  return text;
}

/** How many files of the sources an addition takes. */
export function filesOf({ files, edits }: Addition): number {
  return Object.keys(files).length + Object.keys(edits).length;
}

/** What a copy of the sources needs. */
const COPIED = ["src", "mod.ts", "tests", "data", "deno.json", "imports.json"];

/** Makes a copy of the sources in a folder, with all additions. */
export function addAll(folder: string): void {
  for (const path of COPIED) copy(path, folder);
  for (const { files, edits, tests } of Object.values(ADDITIONS)) {
    for (const [path, section] of Object.entries(files)) {
      const up = "../".repeat(path.split("/").length - 1);
      Deno.writeTextFileSync(`${folder}/${path}`, exampleOf(section).replaceAll('from "./', `from "${up}`));
    }
    for (const [path, edit] of Object.entries({ ...edits, ...tests })) {
      const file = `${folder}/${path}`;
      Deno.writeTextFileSync(file, edit(Deno.readTextFileSync(file)));
    }
  }
}

function copy(path: string, folder: string): void {
  if (Deno.statSync(`${ROOT}${path}`).isFile) {
    Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.copyFileSync(`${ROOT}${path}`, `${folder}/${path}`);
    return;
  }
  for (const { name } of Deno.readDirSync(`${ROOT}${path}`)) {
    if (name !== "cache") copy(`${path}/${name}`, folder);
  }
}
