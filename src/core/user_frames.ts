/** Where an error was thrown, in code that is not part of this program. @module */
import { fileURLToPath } from "node:url";
import { relative } from "node:path";
import { messageOf } from "./errors.ts";

/** The folder of this program. */
const PROGRAM = new URL("../../", import.meta.url).href;

/** Whether an address is of a module of this program. */
export function isProgramModule(url: string): boolean {
  return url === `${PROGRAM}mod.ts` || url.startsWith(`${PROGRAM}src/`);
}

/** A place in a file. */
export interface UserFrame {
  /** The address of the file. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
  /** Its line of the stack. */
  readonly text: string;
}

/** The frames of an error that are in files of the user: neither in this program nor in a package. The innermost one is the first. */
export function userFrames(thrown: unknown): UserFrame[] {
  const stack = thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : "";
  return stack.split("\n").flatMap((text) => {
    const [, url, line, column] = /^\s+at .*?(file:\/\/[^()\s]+?):(\d+):(\d+)\)?$/.exec(text) ?? [];
    if (url === undefined || isProgramModule(url) || isPackage(url)) return [];
    return [{ url, line: Number(line), column: Number(column), text }];
  });
}

/** A package's files are local as well: in the cache of Deno, or in a folder of their own. */
function isPackage(url: string): boolean {
  return /\/node_modules\/|\/npm\/[^/]+\/[^/]+\//.test(url);
}

/** A file as the user would type it: relative to the working directory where it is below it. */
function fileText(url: string): string {
  const path = fileURLToPath(url), inner = relative(Deno.cwd(), path);
  return inner.startsWith("..") ? path : inner;
}

/** A message, and in which file and line of the user it was thrown, where that is known. */
export function messageWithPlace(thrown: unknown): string {
  const [frame] = userFrames(thrown), message = messageOf(thrown);
  return frame === undefined ? message : `${message} (${placeText(frame)})`;
}

/** A place as text: `stages/blur.ts, line 3, column 7`. */
export function placeText({ url, line, column }: UserFrame): string {
  return `${fileText(url)}, line ${line}, column ${column}`;
}
