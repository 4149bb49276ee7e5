/** Wraps long lines. @module */
import { displayWidth } from "./text.ts";

// deno-lint-ignore no-control-regex -- the codes that theme.ts writes
const PIECES = /\u001b\[[0-9;]*m|[^]/gu;

/** The text as lines of at most `width` cells, broken at the width, as a terminal does; a colour continues on the next line. */
export function wrap(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = "", used = 0, on = "";
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece.length > 2 && piece.startsWith("\u001b")) {
      // Colours are not nested: 22 and 39 end one.
      on = /\[(22|39)m$/.test(piece) ? "" : piece;
      line += piece;
      continue;
    }
    const cells = displayWidth(piece);
    if (used + cells > width && used > 0) {
      lines.push(on === "" ? line : `${line}\u001b[22m\u001b[39m`);
      [line, used] = [on, 0];
    }
    line += piece;
    used += cells;
  }
  return [...lines, line];
}

/** A text without colours as lines of at most `width` cells, broken between words if possible. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) line = longer;
    else {
      const pieces = wrap(word, width);
      if (line !== "") lines.push(line);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1)!;
    }
  }
  return [...lines, line];
}
