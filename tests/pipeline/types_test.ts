import { deepStrictEqual as deepEqual, match, notStrictEqual as notEqual, ok } from "node:assert/strict";
import { LOCKED } from "../support/program.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** A chain that the compiler must refuse, and what its message must say. */
const REFUSED: readonly { name: string; chain: string; says: RegExp }[] = [
  {
    name: "evaluate before train",
    chain: ".pipe(load(glyphs())).pipe(evaluate()).pipe(train(model))",
    says: /MissingInput<"model">.*this stage needs "\$\{Name\}", which no earlier stage makes/s,
  },
  {
    name: "noise before load",
    chain: ".pipe(noise()).pipe(load(glyphs()))",
    says: /MissingInput<"dataset">/,
  },
  {
    name: "train before load",
    chain: ".pipe(train(model)).pipe(load(glyphs()))",
    says: /MissingInput<"dataset">/,
  },
  {
    name: "generate after noise",
    chain: ".pipe(load(glyphs())).pipe(noise()).pipe(generate())",
    says: /MissingInput<"model">/,
  },
  {
    name: "interpolate before train",
    chain: '.pipe(load(glyphs())).pipe(interpolate({ from: "a", to: "b" }))',
    says: /MissingInput<"model">/,
  },
  {
    name: "showSamples before load",
    chain: ".pipe(showSamples({ samples: [0] })).pipe(load(glyphs()))",
    says: /MissingInput<"dataset">/,
  },
  {
    name: "only before load",
    chain: '.pipe(filterClasses({ labels: ["a"] })).pipe(load(glyphs()))',
    says: /MissingInput<"dataset">/,
  },
  {
    name: "anomaly before train",
    chain: '.pipe(load(glyphs())).pipe(filterClasses({ labels: ["a"] })).pipe(anomaly())',
    says: /MissingInput<"model">/,
  },
  {
    name: "clusters of generated images before generate",
    chain: ".pipe(load(glyphs())).pipe(train(model)).pipe(clusters())",
    says: /MissingInput<"generated">/,
  },
  { name: "exportRun alone", chain: ".pipe(exportRun())", says: /MissingInput<("model"|"dataset"| \| )+>/ },
  {
    name: "a misspelt option",
    chain: ".pipe(load(glyphs())).pipe(train(model, { epohcs: 5 }))",
    says: /epohcs/,
  },
  {
    name: "an option of another type",
    chain: '.pipe(load(glyphs())).pipe(noise({ std: "much" }))',
    says: /'string' is not assignable to type 'number/,
  },
  {
    name: "a walk without an end",
    chain: '.pipe(load(glyphs())).pipe(train(model)).pipe(interpolate({ from: "a" }))',
    says: /'to' is missing/,
  },
  {
    name: "a model without a latent",
    chain: ".pipe(load(glyphs())).pipe(train(ae({ encoder: [35] })))",
    says: /'latent' is missing/,
  },
];

/** Chains that it must take. */
const TAKEN = [
  ".pipe(load(glyphs())).pipe(noise({ std: [0.2, 0.5] })).pipe(train(model, { epochs: 5 })).pipe(evaluate())",
  '.pipe(load(glyphs())).pipe(train(model)).pipe(interpolate({ from: "a", to: [0, 1] })).pipe(generate()).pipe(exportRun())',
  '.pipe(load(glyphs())).pipe(filterClasses({ labels: ["a"] })).pipe(train(model)).pipe(anomaly({ class: "a" })).pipe(latentSpace())',
  '.pipe(load(glyphs())).pipe(train(model)).pipe(clusters({ of: "test", k: 3 })).pipe(arithmetic())',
  ".pipe(load(glyphs())).pipe(train(model)).pipe(generate()).pipe(clusters())",
  '.pipe(load(glyphs())).pipe(train(model)).pipe(train(model, { name: "again" })).pipe(evaluate()).pipe(evaluate())',
];

const STAGES =
  "anomaly, arithmetic, clusters, evaluate, exportRun, generate, interpolate, latentSpace, load, noise, showSamples, filterClasses, train";
const fileOf = (chain: string) =>
  `import { ae, glyphs, pipeline, ${STAGES} } from ${JSON.stringify(MOD)};
export const used = [ae, glyphs, ${STAGES}];
const model = ae({ encoder: [35, 9], latent: 2 });
export { model };
export default pipeline("test")${chain};
`;

/** What the compiler says of each file: all of them in one process, as starting it takes seconds. */
async function check(chains: readonly string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const files = chains.map((_, at) => `${folder}/chain_${at}_.ts`);
    await Promise.all(files.map((file, at) => Deno.writeTextFile(file, fileOf(chains[at]))));
    const { stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", CONFIG, ...LOCKED, ...files],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stderr);
    notEqual(success, true, "the compiler took everything");
    const errors = text.split(/^(?=TS\d+ \[ERROR\])/m).filter((error) => error.startsWith("TS"));
    return chains.map((_, at) => errors.filter((error) => error.includes(`chain_${at}_.ts`)).join("\n"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("pipe() refuses, when compiled, a stage whose input is missing, and names what is missing", async (test) => {
  const said = await check([...REFUSED.map(({ chain }) => chain), ...TAKEN]);
  for (const [at, { name, says }] of REFUSED.entries()) {
    await test.step(name, () => {
      ok(said[at] !== "", "the compiler took it");
      match(said[at], says);
    });
  }
  await test.step("and takes chains in which every stage is fed", () => {
    deepEqual(said.slice(REFUSED.length), TAKEN.map(() => ""));
  });
});
