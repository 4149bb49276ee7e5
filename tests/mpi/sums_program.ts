// deno-lint-ignore-file no-console -- a program of its own.
/** A rank that sums blocks with the others, and prints on rank 0 what came of it. */
import { rankCollective } from "../../src/engine/mpi/collective.ts";
import { joinRanks } from "../../src/engine/mpi/communicator.ts";
import { rankPlace } from "../../src/engine/mpi/launcher.ts";
import { numbersOf } from "./sums.ts";

const length = Number(Deno.args[0]), times = Number(Deno.args[1]);
const communicator = joinRanks(rankPlace(Deno.env.toObject())!), { rank, size } = communicator;
const collective = rankCollective(communicator);
const numbers = new Float32Array(length), received = new Float32Array(length + size);
const sum = collective.connect({
  numbers,
  received,
  add(to, from, count) {
    for (let at = 0; at < count; at++) received[to + at] += received[from + at];
  },
});
for (let time = 0; time < times; time++) {
  numbers.set(numbersOf(rank, length, time));
  sum.run();
}
// Every rank must have the same bits: their exclusive or with those of rank 0 is summed.
const first = Uint8Array.from(new Uint8Array(numbers.buffer));
communicator.broadcast(first, 0);
const differing = Float64Array.of(
  new Uint8Array(numbers.buffer).filter((byte, at) => byte !== first[at]).length,
  rank,
);
collective.total(differing);
communicator.barrier();
communicator.close();
if (rank === 0) console.log(JSON.stringify({ numbers: [...numbers], differing: [...differing] }));
