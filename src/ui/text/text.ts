/**
 * Formats text and numbers for a terminal: safe, short and of known width.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";

// Control characters, invisible format characters (bidirectional overrides, joiners), line separators and lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const UNSAFE_RUN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

// ECMA-48: strings (OSC, DCS, ...) up to their end, control sequences (CSI), and other escapes. Node's stripVTControlCharacters
// also removes the text between a CSI and a bell.
const ESCAPES = new RegExp(
  [
    "(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)",
    "(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]",
    "\\x1b[ -/]*[0-~]",
  ].join("|"),
  "g",
);
// deno-lint-ignore no-control-regex -- the codes that theme.ts writes
const COLORS = new RegExp("\\x1b\\[[0-9;]*m", "g");

/** Makes an untrusted text safe for a terminal: removes escape sequences and replaces other control characters by a blank. */
export function safe(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(ESCAPES, "").replace(UNSAFE_RUN, " ").trim();
}

/** {@link safe} for each line of a text, keeping indents. */
export function safeLines(text: string): string {
  return text.split("\n").map((line) => `${/^ */.exec(line)![0]}${safe(line)}`).join("\n");
}

/**
 * A text as it goes to a terminal: without control codes except line feeds and, with `colors`, those of colours and weights (SGR).
 * Untrusted texts are made safe where a view is built; this is a second line of defence.
 */
export function forTerminal(text: string, colors: boolean): string {
  if (!UNSAFE.test(text)) return text;
  return text.split("\n").map((line) => forTerminalLine(line, colors)).join("\n");
}

function forTerminalLine(line: string, colors: boolean): string {
  if (!UNSAFE.test(line)) return line;
  const plain = (part: string) => part.replace(ESCAPES, "").replace(UNSAFE_RUN, " ");
  if (!colors) return plain(line);
  // Between the codes, so that no other escape sequence can hide or remove one.
  let cleaned = "", from = 0;
  for (const { 0: code, index } of line.matchAll(COLORS)) {
    cleaned += plain(line.slice(from, index)) + code;
    from = index + code.length;
  }
  return cleaned + plain(line.slice(from));
}

// The blocks that terminals draw two cells wide (Unicode's East Asian Width W and F, and the emoji).
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23f3],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x267f, 0x26ce],
  [0x26d4, 0x26fd],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x2757],
  [0x2795, 0x27bf],
  [0x2b1b, 0x2b55],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2fb],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f19a],
  [0x1f1e6, 0x1faff],
  [0x20000, 0x3fffd],
];
const MARK = /^\p{M}$/u;

/** The width of a text in terminal cells; colour codes have none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.includes("\u001b") ? text.replace(COLORS, "") : text) {
    width += cells(character);
  }
  return width;
}

function cells(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (MARK.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** The text cut to `width` cells, with `…` if something was cut off. For text without colour codes. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return "";
  let kept = "", used = 0;
  for (const character of text) {
    used += cells(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The text cut at its start, if the end is more important: `…0700-4f2a`. */
export function cutStart(text: string, width: number): string {
  let kept = [...text];
  while (displayWidth(kept.join("")) > width) kept = ["…", ...kept.slice(kept[0] === "…" ? 2 : 1)];
  return kept.join("");
}

/** The text cut or filled with blanks on the right to exactly `width` cells. For text without colour codes. */
export function fitWidth(text: string, width: number): string {
  const short = cut(text, width);
  return short + " ".repeat(Math.max(0, width - displayWidth(short)));
}

// Cached by fraction digits: a formatter is expensive to create, and toLocaleString creates one per call.
const FORMATS = [0, 1, 2, 3, 4, 5, 6].map((digits) =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
);

/** The number of fraction digits that gives four to six significant digits. */
function decimals(size: number): number {
  if (size >= 10_000) return 0;
  if (size >= 1000) return 1;
  if (size >= 10) return 3;
  if (size >= 1) return 4;
  return size >= 0.01 ? 5 : 6;
}

/** A measured number with four to six significant digits: `104.213`, `0.00312`, `1.234e-7`; `null` gives `not finite`. */
export function number(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return FORMATS[0].format(value);
  if (size >= 1e9 || size < 1e-3) return value.toExponential(3);
  return FORMATS[decimals(size)].format(value);
}

/** A short number with four significant digits: `205.9`, `0.1341`, `1.3e-5`. */
export function brief(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(1);
  if (size >= 1000) return countText(value);
  return value.toPrecision(4).replace(/\.?0+$/, (zeros, _at, text) => text.includes(".") ? "" : zeros);
}

/** A duration in clock format: `1:02`, `1:02:03`. In seconds. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** An elapsed time: like {@link duration}, but with tenths and hundredths of short times: `0.03 s`, `3.9 s`, `1:02`. */
export function took(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toPrecision(2)} ms`;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

/** A gauge of `width` cells, `share` (0 to 1) of it full; full only if `share` is 1. */
export function bar(share: number, width: number): string {
  const bounded = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  const full = bounded === 1 ? width : Math.min(width - 1, Math.floor(bounded * width));
  return "▰".repeat(Math.max(0, full)) + "▱".repeat(Math.max(0, width - full));
}
