/**
 * Pictures that did not decode: their places among the samples, and how they are reported.
 *
 * @module
 */
import { statIfThere } from "../core/files.ts";
import type { BrokenPicture } from "./picture_worker.ts";

/** The places of broken pictures. */
export function holesOf(broken: readonly BrokenPicture[]): ReadonlySet<number> {
  return new Set(broken.flatMap(({ slots }) => slots));
}

/** Which of `count` samples is at each place when the last ones take the places of holes: `[0, 3, 2]` of 4 with a hole at 1. */
export function arranged(count: number, holes: ReadonlySet<number>): number[] {
  const kept = count - holes.size;
  const spare: number[] = [];
  for (let slot = kept; slot < count; slot++) if (!holes.has(slot)) spare.push(slot);
  return Array.from({ length: kept }, (_, place) => holes.has(place) ? spare.pop()! : place);
}

/** At most how many broken pictures are named. */
const MOST_NAMED = 3;

/** The first of some broken pictures as text, and the number of others. */
export function brokenNames(broken: readonly { readonly message: string }[]): string {
  const named = broken.slice(0, MOST_NAMED).map(({ message }) => message),
    more = broken.length - named.length;
  return named.join("; ") + (more > 0 ? `; and ${more.toLocaleString("en-US")} more` : "");
}

/** The pictures that did not decode, each once; a line that a crash cut off belongs to a chunk that is decoded again. */
export function readBroken(base: string): BrokenPicture[] {
  if (statIfThere(`${base}.broken`) === undefined) return [];
  const byPath = new Map<string, BrokenPicture>();
  for (const line of Deno.readTextFileSync(`${base}.broken`).split("\n")) {
    try {
      const picture: BrokenPicture = JSON.parse(line);
      byPath.set(picture.path, picture);
    } catch {
      continue;
    }
  }
  return [...byPath.values()];
}

/** Adds pictures to the list beside a cache, and waits until it is on the disk. */
export function addBroken(base: string, pictures: readonly BrokenPicture[]): void {
  if (pictures.length === 0) return;
  using file = Deno.openSync(`${base}.broken`, { append: true, create: true });
  const bytes = new TextEncoder().encode(
    `\n${pictures.map((picture) => JSON.stringify(picture)).join("\n")}\n`,
  );
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  file.syncSync();
}
