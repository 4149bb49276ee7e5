// deno-lint-ignore-file no-control-regex -- they are what a terminal sends.

/**
 * Whether a terminal is dark or light: by an option, by its own answer, or by what the environment says.
 *
 * @module
 */
import type { ReadStream, WriteStream } from "node:tty";
import type { Theme } from "../core/palette.ts";
import { colorLevel, type Environment } from "./choose.ts";
import type { ColorLevel } from "./theme.ts";

/** What `--theme` takes. */
export const THEME_NAMES = ["auto", "dark", "light"] as const;

/** A value of `--theme`. */
export type ThemeName = (typeof THEME_NAMES)[number];

/** A terminal that can be asked. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
}

/** How many colours a terminal gets, and for which background. */
export async function terminalColors(
  { theme, env, isTerminal, ask }: {
    theme: ThemeName;
    env: Environment;
    isTerminal: boolean;
    /** The terminal, for a screen that reads keys anyway. A background job that reads would be stopped. @default {it is not asked} */
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

/** What the environment says: COLORFGBG as rxvt, Konsole and others set it (its last number is the background); consoles are black. */
export function themeOf({ COLORFGBG, TERM }: Environment): Theme {
  const background = /;(\d+)$/.exec(COLORFGBG ?? "")?.[1];
  if (background !== undefined) return Number(background) === 7 || Number(background) > 8 ? "light" : "dark";
  return TERM === "linux" ? "dark" : "either";
}

/** Red, green and blue, from 0 to 1. */
type Color = readonly [red: number, green: number, blue: number];

/** By the relative luminance (WCAG 2.2) of the grey in the middle between black and white. */
function isLight(color: Color): boolean {
  const [red, green, blue] = color.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18;
}

/** Asks for the background (OSC 11), then for the terminal's kind (DA1), which all answer: then there is nothing to wait for. */
const QUESTION = "\u001b]11;?\u001b\\\u001b[c";
/** Milliseconds until a terminal counts as silent: its answers may come over a slow line. */
const TIMEOUT_MS = 1000;

const BACKGROUND =
  /\u001b\]11;rgba?:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)[^\u0007\u001b]*(?:\u0007|\u001b\\)/i;
const KIND = /\u001b\[\?[\d;]*c/;

/** The colour that a terminal says it has behind the text; `undefined` when it does not say. Keys typed meanwhile are not lost. */
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
  // Not paused: while a read waits, as on a silent terminal, Deno's stream would never read again, and no key would be heard.
  stdin.off("readable", onReadable);
  stdin.setRawMode(wasRaw);
  const typed = said.replace(BACKGROUND, "").replace(KIND, "");
  if (typed !== "") stdin.unshift(new TextEncoder().encode(typed));
  return parseBackground(said);
}

/** Reads `ESC ] 11 ; rgb:1e1e/1e1e/1e1e`, with one to four digits a part. */
export function parseBackground(text: string): Color | undefined {
  const parts = BACKGROUND.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  const [red, green, blue] = parts.map((part) => parseInt(part, 16) / (16 ** part.length - 1));
  return [red, green, blue];
}

/** Whether an input is an answer of the terminal, as one over a very slow line may come when nobody waits for it any more: no keys. */
export function isAnswer(input: string): boolean {
  return /^\u001b?(?:\]1[01];|\[\?[\d;]*c?)/.test(input) || /^1[01];rgb/.test(input);
}
