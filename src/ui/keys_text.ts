/** The words about keys: those that work now, the question how to stop, and the help. @module */
import type { Choices, Situation } from "./choices.ts";
import type { Layout } from "./layout.ts";
import type { Look } from "./panels.ts";
import { cut, displayWidth } from "./text.ts";
import { paint } from "./theme.ts";
import type { View } from "./view.ts";

/** A key and what it does, in a word or two. */
export type Key = readonly [key: string, what: string];

/** The keys that do something now; the most important first. */
export function keysOf(
  view: View,
  { help, log, health, past, stopping }: Choices,
  { pictures, canSwitch }: Pick<Layout, "pictures" | "canSwitch">,
  { looksOn, canDetach }: Situation,
): Key[] {
  const keys: Key[] = [["?", help ? "close help" : "help"]];
  if (past !== null) keys.push(["[ ]", "epochs"], ["{ }", "by ten"], ["0", "back to now"]);
  if (looksOn) keys.push(["q", "leave"]);
  if (view.end === null) {
    if (!looksOn) keys.push(stopping === "batch" ? ["Ctrl-C", "abort"] : ["q", "stop"]);
    else if (stopping === null && past === null) keys.push(["s", "stop it"]);
    if (canDetach) keys.push(["d", "detach"]);
  }
  const { across = 0, down = 0 } = pictures?.grid ?? {};
  if (log) keys.push(["l", "panels"]);
  else if (health) keys.push(["v", "panels"], ["l", "log"]);
  else {
    if (pictures && view.preview!.items.length > across * down) keys.push(["← →", "samples"]);
    if (canSwitch) keys.push(["p", "pictures or latent space"]);
    if (view.health !== null || view.divergence !== null) keys.push(["v", "health"]);
    keys.push(["l", "log"]);
  }
  if (past === null && view.trainings.length > 0) keys.push(["[", "earlier epochs"]);
  return keys;
}

/** The keys on a line; what does not fit is left out from the end. */
export function keysLine(keys: readonly Key[], { width, level }: Pick<Look, "width" | "level">): string {
  const shown = [...keys];
  const text = () => shown.map(([key, what]) => `${key} ${what}`).join("   ");
  while (displayWidth(text()) > width && shown.length > 1) shown.pop();
  return paint(level, "faint", cut(text(), width));
}

/** Asks how to stop. */
export function askLine(
  { stopping }: Choices,
  { canDetach }: Situation,
  { width, level }: Pick<Look, "width" | "level">,
): string {
  const detach = canDetach ? "   d detach" : "";
  const texts = [
    [
      stopping === null ? "s after this epoch, b after this batch" : "b after this batch",
      stopping === null ? "s after epoch, b after batch" : "b after batch",
    ],
    ["Ctrl-C at once", "Ctrl-C at once"],
  ][Number(stopping === "batch" || stopping === "abort")].map((how) => `stop: ${how}${detach}   esc go on`);
  return paint(level, "train", cut(texts.find((text) => displayWidth(text) <= width) ?? texts[1], width));
}

/** Signs and their meaning. */
const SIGNS: readonly Key[] = [
  ["─ ┄ ▲", "validation (or only) loss, training loss, best"],
  ["▰▰▱▱", "epochs waited for better; when full, it stops"],
  ["done in", "if it does not stop early"],
  ["n off", "pixels rebuilt on the wrong side of one half:"],
  ["", "orange, X: on, should be off; blue, o: off"],
];

/** The help, a key or sign a line. */
export function helpLines(
  { looksOn, canDetach }: Situation,
  { width, level }: Pick<Look, "width" | "level">,
): string[] {
  const leaving: Key[] = looksOn
    ? [["q, Ctrl-C", "leaves, and lets the run go on"], ["s", "asks whether to stop it, with a checkpoint"]]
    : [
      ["q", "asks how to stop"],
      ["s", "stops after this epoch, with a checkpoint"],
      ["Ctrl-C", "stops after this batch; again: at once"],
    ];
  const keys: Key[] = [
    ["?", "opens and closes this help"],
    ...leaving,
    ...(canDetach ? [["d", "leaves the screen, and lets the run go on"] as const] : []),
    ["← →", "other samples, where not all of them fit"],
    ["p", "pictures or latent space, where not both fit"],
    ["v", "panels or the health of the latent space"],
    ["l", "panels or plain log"],
    ["[ ]  { }", "earlier and later epochs, by one or by ten"],
    ["Home  0", "the first epoch; the present (or End)"],
  ];
  return [...keys, ["", ""] as const, ...SIGNS].map(([sign, meaning]) =>
    paint(level, "strong", cut(sign.padEnd(12), width)) + cut(meaning, Math.max(0, width - 12))
  );
}
