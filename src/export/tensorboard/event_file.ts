/**
 * The event file of a run, which TensorBoard reads while it grows: `tensorboard/` in the run folder.
 *
 * @module
 */
import { messageOf } from "../../core/errors.ts";
import type { RunEvent } from "../../pipeline/events.ts";
import { type HyperParameters, messagesOfRun } from "./from_events.ts";
import { tfRecord } from "./record.ts";

/** The folder in the run folder. */
export const TENSORBOARD = "tensorboard";

/** Takes the events of a run, those of earlier processes first, and writes them. */
export interface EventFileWriter {
  /** Takes an event of an earlier process. */
  past(event: RunEvent): void;
  /** Takes the next event, and writes it. Never throws. */
  listen(event: RunEvent): void;
}

/** Options for {@link eventFileWriter}. */
export interface EventFileOptions {
  readonly parameters: HyperParameters;
  /** Called once, with a message, when the file cannot be written; nothing more is written then. */
  onProblem(message: string): void;
}

/**
 * Returns a writer of the event file of one run. It is written from events alone: a resumed run begins a new file with what is left of
 * the events of earlier processes, so the file is that of a run that was never interrupted. It begins with a restart at step 0, at which
 * a reader discards all that it has from earlier files. The newest of these stays: a viewer that is open cannot leave a file that is gone.
 */
export function eventFileWriter({ parameters, onProblem }: EventFileOptions): EventFileWriter {
  const messagesOf = messagesOfRun(parameters);
  let folder: string | undefined, file: RecordFile | undefined, waiting: Uint8Array[] = [], isBroken = false;

  function fail(thrown: unknown): void {
    isBroken = true;
    waiting = [];
    try {
      file?.close();
    } catch {
      // It cannot be written either way.
    }
    onProblem(
      `TensorBoard's files in "${folder}" cannot be written, and the run continues without them: ${
        messageOf(thrown)
      }`,
    );
  }
  function past(event: RunEvent): void {
    if (isBroken) return;
    if (event.type === "run") folder = `${event.folder}/${TENSORBOARD}`;
    try {
      for (const message of messagesOf(event)) waiting.push(tfRecord(message));
    } catch (thrown) {
      fail(thrown);
    }
  }
  return {
    past,
    listen(event) {
      past(event);
      if (isBroken || folder === undefined) return;
      try {
        if (file === undefined) file = startFile(folder, waiting);
        else for (const record of waiting) file.append(record);
        waiting = [];
        if (event.type === "end") file.close();
      } catch (thrown) {
        fail(thrown);
      }
    },
  };
}

/** Event files as this program names them; a viewer reads them in the order of their names. */
const OWN_FILE = /^events\.out\.tfevents\.(\d+)\.hourglass\.(\d{3})$/;
/** A file of records. */
interface RecordFile {
  /** Appends a record, or leaves the file as it was and throws. */
  append(record: Uint8Array): void;
  close(): void;
}

/** Starts a file with some records, whole, and removes those of earlier processes but the last. */
function startFile(folder: string, records: readonly Uint8Array[]): RecordFile {
  makeFolder(folder);
  const earlier = [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && OWN_FILE.test(name))
    .map(({ name }) => name).sort();
  const name = nameAfter(earlier.at(-1), Date.now());
  // A name that no viewer takes for that of an event file.
  const temporary = `${folder}/${crypto.randomUUID().slice(0, 8)}.tmp`;
  const file = recordFile(temporary);
  try {
    for (const record of records) file.append(record);
    Deno.renameSync(temporary, `${folder}/${name}`);
  } catch (thrown) {
    file.close();
    Deno.removeSync(temporary);
    throw thrown;
  }
  for (const old of earlier.slice(0, -1)) Deno.removeSync(`${folder}/${old}`);
  return file;
}

/** The name of a new file, which sorts after that of the last one even if the clock went back. */
function nameAfter(last: string | undefined, now: number): string {
  const [, seconds, milliseconds] = OWN_FILE.exec(last ?? "") ?? [];
  const time = last === undefined ? now : Math.max(now, 1000 * Number(seconds) + Number(milliseconds) + 1);
  return `events.out.tfevents.${Math.floor(time / 1000)}.hourglass.${String(time % 1000).padStart(3, "0")}`;
}

/** Makes the folder. A link is refused: the run folder may be anybody's, and a link may lead elsewhere. */
function makeFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
    if (!Deno.lstatSync(folder).isDirectory) {
      throw new Error("it must be a folder, got a link or a file (remove it)");
    }
  }
}

function recordFile(path: string): RecordFile {
  const file = Deno.openSync(path, { write: true, createNew: true });
  let length = 0;
  return {
    append(record) {
      try {
        for (let written = 0; written < record.length;) written += file.writeSync(record.subarray(written));
      } catch (thrown) {
        // Part of a record may have been written.
        file.truncateSync(length);
        throw thrown;
      }
      length += record.length;
    },
    close: () => file.close(),
  };
}
