/** What the keys and the signs mean. @module */
import type { Size } from "../layout.ts";
import { cut } from "../text.ts";
import { type ColorLevel, paint } from "../theme.ts";
import { Lines } from "./lines.tsx";

const HELP: readonly (readonly [sign: string, meaning: string])[] = [
  ["?", "opens and closes this help"],
  ["q, Ctrl-C", "stops after the batch and keeps what there is; Ctrl-C again aborts"],
  ["← →", "other samples, where not all of them fit"],
  ["l", "pictures or latent space, where both do not fit"],
  ["", ""],
  ["─ ┄ ▲", "validation loss (or the only one), training loss, best epoch"],
  ["▰▰▱▱", "epochs waited without improvement; when it is full, training stops"],
  ["done in", "if it does not stop early"],
  ["n off", "pixels of the rebuilt picture on the wrong side of one half, marked:"],
  ["", "orange or X is on but should be off, blue or o is off but should be on"],
];

/** The help, in the place of the panels. */
export function Help({ size: { width, height }, level }: { size: Size; level: ColorLevel }) {
  const lines = HELP.map(([sign, meaning]) =>
    paint(level, "strong", cut(sign.padEnd(12), width)) + cut(meaning, Math.max(0, width - 12))
  );
  return <Lines lines={lines} width={width} height={height} />;
}
