/**
 * Writes pooled results: a file for each trial, or one file for all where there are many.
 *
 * @module
 */
import { openPartFile } from "../../core/part_file.ts";
import { trialsFolder } from "../folder.ts";
import { POOLED_FILE } from "../pooled_results.ts";
import { resultFile, resultLine, resultText, type TrialResult } from "../result.ts";

/** The most trials of which each has a file: to create one takes longer than to write a line. */
const MOST_FILES = 10_000;

/** Bytes that are gathered before they are written. */
const BLOCK = 1 << 20;

/** Takes results in the order of the plan. */
export interface ResultWriter {
  write(results: readonly TrialResult[]): Promise<void>;
  finish(): void;
  /** Closes what is open. Does nothing after `finish`. */
  abort(): void;
}

/**
 * Begins the results in a folder.
 *
 * @param most The most trials of which each has a file.
 */
export async function openResultWriter(
  folder: string,
  count: number,
  most: number = MOST_FILES,
): Promise<ResultWriter> {
  if (count > most) return lineWriter(`${folder}/${POOLED_FILE}`);
  await Deno.mkdir(trialsFolder(folder));
  return {
    // They are not taken to the disk one by one: the folder gets its name when all are written, and can be merged again after a power cut.
    async write(results) {
      await Promise.all(
        results.map((result) =>
          Deno.writeTextFile(resultFile(folder, result.trial), resultText(result), { createNew: true })
        ),
      );
    },
    finish() {},
    abort() {},
  };
}

function lineWriter(path: string): ResultWriter {
  const file = openPartFile(path), encoder = new TextEncoder();
  let lines: string[] = [], length = 0;
  function flush(): void {
    file.write(encoder.encode(lines.join("")));
    [lines, length] = [[], 0];
  }
  return {
    write(results) {
      for (const result of results) {
        const line = `${resultLine(result)}\n`;
        lines.push(line);
        length += line.length;
        if (length > BLOCK) flush();
      }
      return Promise.resolve();
    },
    finish() {
      flush();
      file.finish();
    },
    abort: file.abort,
  };
}
