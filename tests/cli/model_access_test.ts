import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { accessOf } from "../../src/cli/access.ts";
import { modelOutputs, modelReadable } from "../../src/cli/model_access.ts";
import { commandArguments } from "../../src/cli/tasks.ts";
import { ROOT } from "../support/program.ts";

/** What of the program and of Deno's cache every command may read. */
const OWN = ["src", "deno.json", "imports.json", "data/emoji_groups.json", "data/glyphs.json"]
  .map((path) => ROOT + path);

Deno.test("modelOutputs() finds the outputs, a file with its temporary name", () => {
  const cases: [string[], string[]][] = [
    [["encode", "m", "in", "-o", "z.npy"], ["z.npy", "z.npy.part"]],
    [["encode", "-oz.npy", "--range", "0,1", "m", "in"], ["z.npy", "z.npy.part"]],
    [["decode", "m", "z.npy", "--out=src"], ["src"]],
    [["score", "m", "in", "--overwrite", "--out", "s.csv", "--pictures", "tests"], [
      "s.csv",
      "s.csv.part",
      "tests",
    ]],
    [["sample", "m"], []],
  ];
  for (const [args, paths] of cases) deepEqual(modelOutputs(args), paths, args.join(" "));
});

Deno.test("modelReadable() has the model, the input and the outputs that a command line names, and no folder around them", async () => {
  const cases: [string[], string[]][] = [
    [["encode", "src/models", "in", "-o", "z.npy"], ["src/models", "in", "z.npy", "z.npy.part"]],
    // What is no path is the name of a run.
    [["encode", "8e18", "x.npz:train"], ["runs", "x.npz"]],
    [["score", "8e18", "in", "--runs", "/a", "--fail-if-anomalous", "--most", "3"], ["/a", "in"]],
    [["sample", "src", "-n", "3", "--seed=2", "-o", "tests"], ["src", "tests"]],
    // Deno takes what follows a comma for another path.
    [["decode", "src", "/data/points, new/a,b.npy"], ["src", "/data"]],
  ];
  for (const [args, named] of cases) {
    const paths = await modelReadable(args);
    deepEqual(paths.slice(0, -1), [...named, ...OWN], args.join(" "));
    match(paths.at(-1)!, /npm$/);
  }
});

Deno.test("encode and its like may read the model, the input and the output, and no other file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "hourglass access " });
  try {
    for (const name of ["m.safetensors", "x.npy", "secret.txt"]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    const args = ["encode", `${folder}/m.safetensors`, `${folder}/x.npy`, "-o", `${folder}/z.npy`];
    const words = commandArguments("encode", await accessOf(args));
    const flags = words.slice(0, words.findIndex((word) => word.endsWith("start.ts")));
    const tried = ["m.safetensors", "x.npy", "z.npy", "secret.txt", "."].map((name) => `${folder}/${name}`);
    const probe = `for (const path of ${JSON.stringify([...tried, "/etc/hostname", `${ROOT}README.md`])}) {
      try { Deno.statSync(path); console.log("read"); } catch (thrown) { console.log(thrown.name); }
    }`;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...flags, `data:text/javascript,${encodeURIComponent(probe)}`],
      cwd: ROOT,
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    deepEqual(new TextDecoder().decode(stdout).trim().split("\n"), [
      ...["read", "read", "NotFound"],
      ...["NotCapable", "NotCapable", "NotCapable", "NotCapable"],
    ]);
    ok(!words.includes("--allow-read"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
