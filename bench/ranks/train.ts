/**
 * A training whose steps are timed: alone, or as one of several ranks. Prints the milliseconds of a step on rank 0, the median of its epochs.
 *
 * @module
 */
import type { Collective } from "../../src/core/collective.ts";
import { joinRanks } from "../../src/engine/mpi/communicator.ts";
import { rankCollective } from "../../src/engine/mpi/collective.ts";
import { rankPlace } from "../../src/engine/mpi/launcher.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { fit } from "../../src/training/fit.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { median } from "../interleave.ts";
import { show } from "../note.ts";
import { caseOf, type TrainOrder } from "./cases.ts";

const order: TrainOrder = JSON.parse(Deno.args[0]);
const { model, shape, batch, steps } = caseOf(order.name);
const place = rankPlace(Deno.env.toObject()), communicator = place && joinRanks(place);
const collective: Collective | undefined = communicator && rankCollective(communicator);
const size = shape.reduce((product, extent) => product * extent, 1), count = batch * steps;
const times: number[] = [];
fit({
  engine: await loadEngine("native", { threads: order.threads }),
  model,
  data: {
    train: { count, values: Uint8Array.from({ length: count * size }, (_, at) => (at * 7919) % 256) },
    freshNoise: false,
  },
  options: {
    optimizer: OptimizerSpec.parse({ kind: "adam" }),
    schedule: { kind: "constant", warmupEpochs: 0 },
    epochs: order.epochs,
    batchSize: batch,
    repeats: 1,
    shuffleBlock: null,
    patience: null,
    minDelta: 0,
    monitor: "loss",
    clipNorm: null,
    parts: order.parts ?? undefined,
  },
  seed: 1,
  signal: { aborted: false, reason: undefined },
  collective,
  onEpoch: ({ seconds }) => void times.push(1000 * seconds / steps),
});
communicator?.close();
// The first epoch compiles and fills the caches.
if ((place?.rank ?? 0) === 0) show(JSON.stringify(median(times.slice(1))));
Deno.exit(0);
