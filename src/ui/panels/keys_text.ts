/** Texts about keys: the available keys, the question how to stop, and the help. @module */
import type { Choices, Situation } from "../view/choices.ts";
import type { Layout } from "./layout.ts";
import type { LineStyle } from "./panels.ts";
import { cut, displayWidth } from "../text/text.ts";
import { paint } from "../terminal/theme.ts";
import type { View } from "../../run/fold/view.ts";

/** A key and what it does, in one or two words. */
export type KeyHint = readonly [key: string, what: string];

/** The available keys, the most important first. */
export function keysOf(
  view: View,
  { help, log, health, past, stopping }: Choices,
  { pictures, features, canSwitch }: Pick<Layout, "pictures" | "features" | "canSwitch">,
  { attached, canDetach }: Situation,
): KeyHint[] {
  const keys: KeyHint[] = [["?", help ? "close help" : "help"]];
  if (past !== null) keys.push(["[ ]", "epochs"], ["{ }", "by ten"], ["0", "back to now"]);
  if (attached) keys.push(["q", "leave"]);
  if (view.end === null) {
    if (!attached) keys.push(stopping === "batch" ? ["Ctrl-C", "abort"] : ["q", "stop"]);
    else if (stopping === null && past === null) keys.push(["s", "stop"]);
    if (canDetach) keys.push(["d", "detach"]);
  }
  const { across = 0, down = 0 } = pictures?.grid ?? {};
  if (log) keys.push(["l", "panels"]);
  else if (health) keys.push(["v", "panels"], ["l", "log"]);
  else {
    const places = features === undefined ? across * down : 1;
    if ((pictures || features) && view.preview!.items.length > places) keys.push(["← →", "samples"]);
    if (canSwitch) keys.push(["p", `${features === undefined ? "pictures" : "features"} or latent space`]);
    if (view.health !== null || view.divergence !== null) keys.push(["v", "health"]);
    keys.push(["l", "log"]);
  }
  if (past === null && view.trainings.length > 0) keys.push(["[", "earlier epochs"]);
  return keys;
}

/** The keys on one line; those at the end are omitted if they do not fit. */
export function keysLine(keys: readonly KeyHint[], { width, level }: LineStyle): string {
  const shown = [...keys];
  const text = () => shown.map(([key, what]) => `${key} ${what}`).join("   ");
  while (displayWidth(text()) > width && shown.length > 1) shown.pop();
  return paint(level, "faint", cut(text(), width));
}

/** The question how to stop. */
export function askLine(
  { stopping }: Choices,
  { canDetach }: Situation,
  { width, level }: LineStyle,
): string {
  const detach = canDetach ? "   d detach" : "";
  const texts = [
    [
      stopping === null ? "s after this epoch, b after this batch" : "b after this batch",
      stopping === null ? "s after epoch, b after batch" : "b after batch",
    ],
    ["Ctrl-C at once", "Ctrl-C at once"],
  ][Number(stopping === "batch" || stopping === "abort")].map((how) => `stop: ${how}${detach}   esc cancel`);
  return paint(level, "train", cut(texts.find((text) => displayWidth(text) <= width) ?? texts[1], width));
}

/** Symbols and their meanings. */
const SIGNS: readonly KeyHint[] = [
  ["─ ┄ ▲", "validation (or only) loss, training loss, best"],
  ["▰▰▱▱", "epochs without improvement; stops when full"],
  ["ETA", "time left, if it does not stop early"],
  ["n px wrong", "pixels reconstructed on the wrong side of 0.5:"],
  ["", "orange, X: on, should be off; blue, o: off"],
];

/** The help, one key or symbol per line. */
export function helpLines(
  { attached, canDetach }: Situation,
  { width, level }: LineStyle,
): string[] {
  const leaving: KeyHint[] = attached
    ? [["q, Ctrl-C", "leave; the run continues"], ["s", "ask whether to stop it, with a checkpoint"]]
    : [
      ["q", "ask how to stop"],
      ["s", "stop after this epoch, with a checkpoint"],
      ["Ctrl-C", "stop after this batch; again: at once"],
    ];
  const keys: KeyHint[] = [
    ["?", "open or close this help"],
    ...leaving,
    ...(canDetach ? [["d", "detach: close the screen, the run continues"] as const] : []),
    ["← →", "other samples, if not all of them fit"],
    ["p", "pictures or latent space, if not both fit"],
    ["v", "panels or the health of the latent space"],
    ["l", "panels or plain log"],
    ["[ ]  { }", "earlier and later epochs, by one or by ten"],
    ["Home  0", "the first epoch; the present (or End)"],
  ];
  return [...keys, ["", ""] as const, ...SIGNS].map(([sign, meaning]) =>
    paint(level, "strong", cut(sign.padEnd(12), width)) + cut(meaning, Math.max(0, width - 12))
  );
}
