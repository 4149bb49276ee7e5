/**
 * Draws SVG pictures.
 *
 * By resvg as WebAssembly: it needs no permission, where the native one needs `--allow-ffi`, and gives the same bytes on every machine.
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import { packagePath } from "./package_files.ts";
import type { Raster } from "./raster.ts";

/** The same version as in imports.json; a test compares them. */
const PACKAGE = "npm:@resvg/resvg-wasm@2.6.2";

/**
 * Draws a square SVG as an opaque picture of `side` x `side` pixels, each the mean of what it covers; `background` is a colour as in
 * `"white"` or `"#ff8000"`. Throws an Error when it is no SVG.
 */
export type DrawSvg = (svg: string | Uint8Array, side: number, background: string) => Raster<Uint8Array>;

let loading: Promise<DrawSvg> | undefined;

/** Loads resvg, once per process. */
export function svgDrawer(): Promise<DrawSvg> {
  return loading ??= load();
}

async function load(): Promise<DrawSvg> {
  const { initWasm, Resvg } = await importPackage<typeof import("@resvg/resvg-wasm")>(PACKAGE);
  await initWasm(await Deno.readFile(packagePath(PACKAGE, "index_bg.wasm")));
  return (svg, side, background) => {
    // No font is loaded, so no text is drawn: none of our pictures has any.
    const drawing = new Resvg(svg, {
      fitTo: { mode: "width", value: side },
      background,
      font: { loadSystemFonts: false },
    });
    try {
      const image = drawing.render();
      // Its memory is not garbage-collected.
      const { height, width, pixels } = image;
      image.free();
      return { height, width, rgba: pixels as Uint8Array };
    } finally {
      drawing.free();
    }
  };
}
