/** The output of the bench of steps: a row for each step and engine. @module */
import { markdown } from "../note.ts";

/** One row. Ratios: how many times faster it is than the peer of the same run; `null` without that peer. */
export interface Row {
  readonly step: string;
  readonly engine: string;
  readonly threads: number;
  readonly medianMs: number;
  readonly gflops: number;
  /** The speed of a product of 1024 x 1024 on as many threads, in the same rounds. */
  readonly peakGflops: number | null;
  readonly ratioToTfjsWasm: number | null;
  /** Against the best of PyTorch's modes and thread counts. */
  readonly ratioToPytorch: number | null;
  /** Against the better of JAX's: called from Python, or inside `lax.scan`. */
  readonly ratioToJax: number | null;
}

/** The measurements of an engine. */
export interface Measured {
  readonly engine: string;
  readonly threads: number;
  readonly medianMs: number;
}

/** The rows of a step of some FLOPs; `peaks` by threads. */
export function rowsOf(
  step: string,
  flops: number,
  measured: readonly Measured[],
  peaks: ReadonlyMap<number, number>,
): Row[] {
  const best = (peer: string): number | null => {
    const isPeer = (engine: string) => engine === peer || engine.startsWith(`${peer} `);
    const times = measured.filter(({ engine }) => isPeer(engine)).map(({ medianMs }) => medianMs);
    return times.length === 0 ? null : Math.min(...times);
  };
  const tfjs = best("tfjs wasm"), pytorch = best("pytorch"), jax = best("jax");
  return measured.map(({ engine, threads, medianMs }) => ({
    step,
    engine,
    threads,
    medianMs,
    gflops: flops / medianMs / 1e6,
    peakGflops: peaks.get(threads) ?? null,
    ratioToTfjsWasm: tfjs === null ? null : tfjs / medianMs,
    ratioToPytorch: pytorch === null ? null : pytorch / medianMs,
    ratioToJax: jax === null ? null : jax / medianMs,
  }));
}

const HEAD = [
  ...["step", "engine", "threads", "median ms", "GFLOP/s", "of the peak"],
  ...["x tfjs wasm", "x PyTorch", "x JAX"],
];

function cellsOf(row: Row): string[] {
  const { step, engine, threads, medianMs, gflops, peakGflops } = row;
  const ratio = (number: number | null) => number === null ? "" : number.toPrecision(3);
  return [
    step,
    engine,
    String(threads),
    medianMs.toPrecision(3),
    gflops.toPrecision(3),
    peakGflops === null ? "" : `${(100 * gflops / peakGflops).toFixed(gflops < 0.1 * peakGflops ? 1 : 0)} %`,
    ...[row.ratioToTfjsWasm, row.ratioToPytorch, row.ratioToJax].map(ratio),
  ];
}

/** The rows as a table for docs/performance.md. */
export function markdownOf(rows: readonly Row[]): string {
  return markdown(HEAD, rows.map(cellsOf));
}

/** The rows as a table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  return cells.map((row) =>
    row.map((cell, at) => at < 2 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])).join("  ")
  ).join("\n");
}
