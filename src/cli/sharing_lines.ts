/** What a plan states of a training step that several processes share. @module */
import { inUnits, plural } from "../core/amounts.ts";
import { canShare, type StepWork } from "../core/parts.ts";
import type { EngineConfig } from "../engine/choose.ts";
import type { EngineName } from "../engine/engine.ts";
import { loadEngine } from "../engine/load.ts";
import { IN_ONE_PIECE, leastRows, type Machines, stepCost } from "../engine/parts/cost.ts";
import { measureSpeed } from "../engine/parts/speed.ts";
import type { ResolvedStage } from "../pipeline/resolve.ts";

/** The maximum number of rows, one for each number of processes. */
const MOST = 6;

/** Lines for each stage that trains, by its name; none without a network. `latency`: milliseconds. */
export async function sharingLines(
  stages: readonly ResolvedStage[],
  engine: EngineConfig<EngineName>,
  { network, latency, speed }: {
    readonly network?: number;
    readonly latency: number;
    readonly speed?: number;
  },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const trained = stages.filter(({ step }) => step !== undefined);
  if (network === undefined || trained.length === 0) return new Map();
  const flopRate = speed ?? measureSpeed(await loadEngine(engine.name, { ...engine, threads: 1 }));
  const machines = { bandwidth: network, latency: latency / 1000, flopRate };
  const rates = `${inUnits(flopRate, ["FLOP/s", "kFLOP/s", "MFLOP/s", "GFLOP/s", "TFLOP/s"])}${
    speed === undefined ? " (one thread, measured on products here)" : ""
  }, ${inUnits(network, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"])}, latency ${milliseconds(machines.latency)}`;
  return new Map(trained.map(({ name, step }) => [name, linesOf(step!, machines, rates)]));
}

function linesOf(step: StepWork, machines: Machines, rates: string): string[] {
  const alone = stepCost(step, machines, IN_ONE_PIECE).total;
  const rows = processesOf(step).map((processes) => {
    const sharing = { processes, parts: step.parts ?? processes };
    const { compute, sum, update, total } = stepCost(step, machines, sharing);
    const least = leastRows(step, machines, sharing);
    return `  ${processes} processes: ${milliseconds(total)} (${milliseconds(compute)} to compute, ${
      milliseconds(sum)
    } to sum, ${milliseconds(update)} to update), ${
      (alone / total).toPrecision(2)
    } times as fast as one; pays from a batch of ${plural(least, "row")}`;
  });
  const head = `a step shared by processes, estimated at ${rates}: ${
    milliseconds(alone)
  } by one in one piece`;
  return rows.length === 0 ? [`${head}; its parts cannot be shared`] : [head, ...rows];
}

/** The numbers of processes that can share a step: powers of two where its parts are open. */
function processesOf({ parts, rows }: StepWork): number[] {
  const most = parts ?? rows;
  const all = Array.from({ length: most }, (_, at) => at + 1).filter((count) =>
    count > 1 && (parts === undefined ? Math.log2(count) % 1 === 0 : canShare(parts, count))
  );
  return all.slice(0, MOST);
}

function milliseconds(seconds: number): string {
  return `${Number((1000 * seconds).toPrecision(3))} ms`;
}
