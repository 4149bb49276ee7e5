/** A reader that polls all files of a run while it is written and killed: none may ever be unreadable. */
import { decodeSafetensors } from "../../src/core/safetensors.ts";
import { parseEvent } from "../../src/pipeline/events.ts";
import { decodeCheckpoint } from "../../src/run/checkpoint_file.ts";
import { RunRecord } from "../../src/run/record.ts";
import { filesIn } from "./run_result.ts";

/** Milliseconds between two polls. */
const LOOK_MS = 7;

/** How often files were read; throws the error of an unreadable one. */
export interface FileWatch {
  end(): Promise<number>;
}

/** Begins to read all files under a folder of runs, over and over. */
export function watchFiles(root: string): FileWatch {
  let isOver = false, looks = 0;
  const watching = (async () => {
    while (!isOver) {
      for (const path of list(root)) {
        const bytes = await Deno.readFile(path).catch(() => undefined);
        if (bytes === undefined) continue;
        check(path, bytes);
        looks++;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  watching.catch(() => {});
  return {
    async end() {
      isOver = true;
      await watching;
      return looks;
    },
  };
}

function list(root: string): string[] {
  try {
    return filesIn(root).filter((path) => !/\.tmp$|\/\.cache\//.test(path));
  } catch {
    // A folder that was renamed between two polls.
    return [];
  }
}

/** @throws When a file does not have the format of its name. */
function check(path: string, bytes: Uint8Array<ArrayBuffer>): void {
  const text = () => new TextDecoder().decode(bytes);
  try {
    if (path.endsWith("run.json")) RunRecord.parse(JSON.parse(text()));
    else if (path.endsWith(".json")) JSON.parse(text());
    else if (/\.(last|previous)\.safetensors$/.test(path)) {
      decodeCheckpoint(bytes, path);
    } else if (path.endsWith(".safetensors")) decodeSafetensors(bytes, path);
    else if (path.endsWith("events.jsonl")) checkEvents(text());
  } catch (thrown) {
    throw new Error(`${path} with ${bytes.length} bytes could not be read: ${thrown}`, { cause: thrown });
  }
}

function checkEvents(text: string): void {
  // A cut last line is legal.
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    if (line !== "" && parseEvent(line) === undefined) throw new Error(`not an event: ${line}`);
  }
}
