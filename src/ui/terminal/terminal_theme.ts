// deno-lint-ignore-file no-control-regex -- escape sequences of a terminal.

/**
 * Detects whether a terminal is dark or light: by an option, a query to the terminal, or the environment.
 *
 * @module
 */
import type { ReadStream, WriteStream } from "node:tty";
import type { Theme } from "../../core/palette.ts";
import { colorLevel, type Environment } from "./environment.ts";
import type { ColorLevel } from "./theme.ts";

/** The values of `--theme`. */
export const THEME_NAMES = ["auto", "dark", "light"] as const;

/** A value of `--theme`. */
export type ThemeName = (typeof THEME_NAMES)[number];

/** A terminal that can be queried. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
}

/** The colours of a terminal, and their background. */
export async function terminalColors(
  { theme, env, isTerminal, ask }: {
    theme: ThemeName;
    env: Environment;
    isTerminal: boolean;
    /** The terminal to query, for a screen that reads keys anyway. A background job that reads would be stopped. @default {no query} */
    ask?: Terminal;
  },
): Promise<ColorLevel> {
  const level = colorLevel(env, isTerminal), depth = typeof level === "number" ? level : level.depth;
  if (depth === 0) return 0;
  if (theme !== "auto") return { depth, theme };
  const canAnswer = ask !== undefined && isTerminal && ask.stdin.isTTY === true && env.TERM !== "linux";
  const answer = canAnswer ? await askBackground(ask) : undefined;
  return { depth, theme: answer === undefined ? themeOf(env) : isLight(answer) ? "light" : "dark" };
}

/** The theme by the environment: COLORFGBG as set by rxvt, Konsole and others (its last number is the background); Linux consoles are black. */
export function themeOf({ COLORFGBG, TERM }: Environment): Theme {
  const background = /;(\d+)$/.exec(COLORFGBG ?? "")?.[1];
  if (background !== undefined) return Number(background) === 7 || Number(background) > 8 ? "light" : "dark";
  return TERM === "linux" ? "dark" : "either";
}

/** Red, green and blue, from 0 to 1. */
type Color = readonly [red: number, green: number, blue: number];

/** Compares the relative luminance (WCAG 2.2) with that of the grey halfway between black and white. */
function isLight(color: Color): boolean {
  const [red, green, blue] = color.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18;
}

/** Queries the background (OSC 11), then the device attributes (DA1). Every terminal answers the second, so its answer ends the wait. */
const QUESTION = "\u001b]11;?\u001b\\\u001b[c";
/** Milliseconds until the query times out: answers may come over a slow connection. */
const TIMEOUT_MS = 1000;

const BACKGROUND =
  /\u001b\]11;rgba?:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)[^\u0007\u001b]*(?:\u0007|\u001b\\)/i;
const KIND = /\u001b\[\?[\d;]*c/;

/** The background colour that a terminal reports; `undefined` if it does not. Keys typed meanwhile are not lost. */
export async function askBackground({ stdin, stdout }: Terminal): Promise<Color | undefined> {
  const wasRaw = stdin.isRaw === true;
  const decoder = new TextDecoder();
  let said = "";
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const onReadable = () => {
    for (let bytes = stdin.read(); bytes !== null; bytes = stdin.read()) {
      said += decoder.decode(bytes, { stream: true });
    }
    if (KIND.test(said)) resolve();
  };
  stdin.setRawMode(true);
  stdin.on("readable", onReadable);
  const timer = setTimeout(resolve, TIMEOUT_MS);
  stdout.write(QUESTION);
  await answered;
  clearTimeout(timer);
  // Not paused: with a pending read, as on a terminal that did not answer, Deno's stream would never read again and all keys would be lost.
  stdin.off("readable", onReadable);
  stdin.setRawMode(wasRaw);
  const typed = said.replace(BACKGROUND, "").replace(KIND, "");
  if (typed !== "") stdin.unshift(new TextEncoder().encode(typed));
  return parseBackground(said);
}

/** Reads `ESC ] 11 ; rgb:1e1e/1e1e/1e1e`, with one to four digits per part. */
export function parseBackground(text: string): Color | undefined {
  const parts = BACKGROUND.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  const [red, green, blue] = parts.map((part) => parseInt(part, 16) / (16 ** part.length - 1));
  return [red, green, blue];
}

/** Whether an input is an answer of the terminal and not keys: over a very slow connection, an answer may come after the timeout. */
export function isAnswer(input: string): boolean {
  return /^\u001b?(?:\]1[01];|\[\?[\d;]*c?)/.test(input) || /^1[01];rgb/.test(input);
}
