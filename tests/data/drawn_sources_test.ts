import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import map from "../../imports.json" with { type: "json" };
import { svgDrawer } from "../../src/data/svg.ts";
import { LOCKED, ROOT } from "../support/program.ts";

const svg = (inner: string, viewBox = "0 0 4 4") =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">${inner}</svg>`;

Deno.test("svgDrawer draws each pixel as the mean of what it covers, on the given background", async () => {
  const draw = await svgDrawer();
  // Half of the left pixels is white: 0.5 of 255, rounded.
  const half = svg(`<rect width="1" height="4" fill="#fff"/>`);
  const grey = (value: number) => [value, value, value, 255];
  deepEqual([...draw(half, 2, "black").rgba], [128, 0, 128, 0].flatMap(grey));
  deepEqual([...draw(half, 2, "white").rgba], [255, 255, 255, 255].flatMap(grey));
  deepEqual([...draw(svg(""), 1, "#ff8000").rgba], [255, 128, 0, 255]);
});

Deno.test("svgDrawer refuses anything but SVG", async () => {
  const draw = await svgDrawer();
  for (const text of ["", "<svg", "<html></html>", svg("<rect", "0 0 1 1")]) {
    throws(() => draw(text, 2, "white"));
  }
  equal(draw(svg(""), 2, "white").rgba.length, 16, "and draws the next one");
});

Deno.test("svgDrawer reads the WebAssembly of the version that imports.json names", async () => {
  const text = await Deno.readTextFile(`${ROOT}src/data/svg.ts`);
  ok(text.includes(`"${map.imports["@resvg/resvg-wasm"]}"`));
});

Deno.test("emoji() and faces() open in a process that may only read: no FFI, no network, no writing", async () => {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--allow-read", ...LOCKED, "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`
    import { openSource, SourceSpec } from "./src/data/source.ts";
    for (const source of ["emoji", "faces"]) {
      const { train, test } = await openSource(SourceSpec.parse({ source, limit: 20 }), { seed: 1, log() {} });
      console.log(source, train.count, test.count);
    }`));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  equal(code, 0, new TextDecoder().decode(stderr));
  equal(new TextDecoder().decode(stdout), "emoji 18 2\nfaces 18 2\n");
});

Deno.test("the program loads what draws only when a source needs it", async () => {
  const info = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...LOCKED, "mod.ts"],
    cwd: ROOT,
  });
  const { modules } = JSON.parse(new TextDecoder().decode((await info.output()).stdout)) as {
    modules: { dependencies?: { specifier: string; code?: unknown }[] }[];
  };
  const loaded = modules.flatMap(({ dependencies = [] }) => dependencies).filter(({ code }) =>
    code !== undefined
  )
    .map(({ specifier }) => specifier);
  ok(loaded.includes("zod"), "code is distinguished from types");
  deepEqual(loaded.filter((specifier) => /resvg|dicebear|openmoji/.test(specifier)), []);
});
