/** The messages between a sweep and the processes of `--jobs`: JSON, one per line. @module */
import type { StopOrder } from "../../run/stop.ts";
import type { TrialEnd } from "./run_trial.ts";
import type { TrialSetup, TrialToRun } from "./sweep_run.ts";

/** What a worker is sent on its standard input; the first is its setup. The end of the input stops it. */
export type WorkerOrder =
  | { readonly setup: TrialSetup }
  | { readonly trial: TrialToRun }
  | { readonly stop: StopOrder }
  | { readonly abort: { readonly exitCode: number; readonly reason: string } };

/** What a worker reports on its standard output. Lines without the mark are what code of the pipeline prints. */
export type WorkerReply =
  | { readonly end: TrialEnd }
  | { readonly error: { readonly name: string; readonly message: string } };

/** The beginning of each line of a worker. */
export const MARK = "@hourglass-worker ";

/** The lines of a stream, without their ends. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (
    const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
  ) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
