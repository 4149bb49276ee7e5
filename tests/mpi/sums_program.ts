// deno-lint-ignore-file no-console -- a program of its own.
/**
 * A rank that sums blocks with the others, and prints on rank 0 what came of it: `sums_program.ts LENGTH TIMES WAY`, by messages, in memory that
 * all see, or with pages of its block there. The last two fail where they would take messages.
 */
import { rankCollective, type SumWay } from "../../src/engine/mpi/collective.ts";
import { joinRanks } from "../../src/engine/mpi/communicator.ts";
import { rankPlace } from "../../src/engine/mpi/launcher.ts";
import { numbersOf } from "./sums.ts";

const length = Number(Deno.args[0]), times = Number(Deno.args[1]), kind = Deno.args[2];
const way: SumWay = kind === "messages" ? "messages" : "memory";
const communicator = joinRanks(rankPlace(Deno.env.toObject())!), { rank, size } = communicator;
const exchanger: typeof communicator.exchanger = (from, to) => {
  if (way === "memory") throw new Error("the ranks have no memory that all see");
  return communicator.exchanger(from, to);
};
const collective = rankCollective({ ...communicator, exchanger }, way);
const pages = new WebAssembly.Memory({ initial: 64, maximum: 64 });
const numbers = new Float32Array(pages.buffer, 65_536, length), received = new Float32Array(length + size);
const sum = collective.connect({
  numbers,
  hasPages: kind === "pages",
  received,
  add(to, from, count) {
    for (let at = 0; at < count; at++) received[to + at] += received[from + at];
  },
});
for (let time = 0; time < times; time++) {
  numbers.set(numbersOf(rank, length, time));
  sum.run();
}
sum.close();
// Every rank must have the same bits: their exclusive or with those of rank 0 is summed.
const first = Uint8Array.from(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
communicator.broadcast(first, 0);
const differing = Float64Array.of(
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).filter((byte, at) =>
    byte !== first[at]
  ).length,
  rank,
);
collective.total(differing);
communicator.barrier();
communicator.close();
if (rank === 0) console.log(JSON.stringify({ numbers: [...numbers], differing: [...differing] }));
