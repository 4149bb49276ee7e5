import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./support/program.ts";

/** Where an import cannot be followed by nature: a file of the user, the program after its notice, packages by their full name. */
const UNFOLLOWED = [
  "src/cli/program_thread.ts",
  "src/core/import_package.ts",
  "src/engine/native/library.ts",
  "src/run/load_pipeline.ts",
];

Deno.test("deno publish --dry-run finds no fault: public types are explicit, and what the program reads is published", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  equal(code, 0, text);
  ok(!/slow-type|missing-explicit/.test(text), text);
  const warned = [...text.matchAll(/^warning\[([\w-]+)\].*\n\s+--> (\S+?):\d+/gm)];
  deepEqual([...new Set(warned.map(([, , file]) => file.replace(ROOT, "")))].sort(), UNFOLLOWED);
  ok(warned.every(([, kind]) => /^unanalyzable-/.test(kind)), text);
  const files = [...text.matchAll(/^ +file:\/\/(\S+) \(([\d.]+)(B|KB|MB)\)$/gm)];
  const names = files.map(([, path]) => path.replace(ROOT, ""));
  for (
    const name of [...Object.values(config.exports), "src/engine/kernels.wasm", "src/report/page/style.css"]
  ) {
    ok(names.includes(name.replace("./", "")), name);
  }
  ok(names.includes("data/glyphs.json") && names.includes("src/cli/init/pictures.ts.template"));
  ok(
    !names.some((name) => /^(tests|bench|docs|pipelines|runs|data\/cache|src\/engine\/kernels)\//.test(name)),
    names.join("\n"),
  );
  const unit = { B: 1, KB: 1024, MB: 1024 ** 2 };
  const bytes = files.reduce(
    (sum, [, , size, name]) => sum + Number(size) * unit[name as keyof typeof unit],
    0,
  );
  ok(bytes < 4 * 1024 ** 2, `${bytes} bytes`);
  match(text, /Dry run complete/);
});

Deno.test("mod.ts and what it reaches type-check under the options of other projects", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({ importMap: `${ROOT}imports.json`, lock: false }),
    );
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", `--config=${folder}/deno.json`, `${ROOT}mod.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
