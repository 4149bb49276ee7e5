// deno-lint-ignore-file no-console -- a program of its own.
/**
 * A rank that shares an update with the others: `update_program.ts LENGTH TIMES`. The state is a number for each gradient, and a second one for each; both
 * are changed by the sum. Prints on rank 0 what came of it, as every rank has it.
 */
import { rankCollective } from "../../src/engine/mpi/collective.ts";
import { joinRanks } from "../../src/engine/mpi/communicator.ts";
import { rankPlace } from "../../src/engine/mpi/launcher.ts";
import { numbersOf } from "./sums.ts";

const length = Number(Deno.args[0]), times = Number(Deno.args[1]), gradients = (length - 3) & ~3;
const communicator = joinRanks(rankPlace(Deno.env.toObject())!), { rank, size } = communicator;
const collective = rankCollective(communicator), PAGE = 65_536, bytes = 16 * PAGE;
const { buffer } = new WebAssembly.Memory({ initial: 33, maximum: 33 });
const numbers = new Float32Array(buffer, PAGE, length), state = new Float32Array(buffer, bytes, 2 * length);
state.fill(1);
const sum = collective.connect({ numbers, hasPages: true, received: new Float32Array(0), add() {} }, {
  numbers: state,
  gradients,
});
const { update } = sum;
if (update === undefined) throw new Error("the ranks have no memory that all see");
const { range: { first, count } } = update, rests: number[][] = [];
for (let time = 0; time < times; time++) {
  numbers.set(numbersOf(rank, length, time));
  sum.run();
  rests.push([...numbers.subarray(gradients)]);
  for (let at = first; at < first + count; at++) {
    state[at] += numbers[at];
    state[length + at] -= numbers[at];
  }
  update.end();
}
update.gather();
const seen = { state: [...state], sum: [...numbers], rests, range: [first, count] };
communicator.barrier();
sum.close();
const kept = [...state];
const all = Array.from({ length: size }, (_, from) => {
  const text = new TextEncoder().encode(JSON.stringify({ ...seen, kept }));
  const bytesOf = Float64Array.of(text.length);
  communicator.broadcast(new Uint8Array(bytesOf.buffer), from);
  const given = from === rank ? Uint8Array.from(text) : new Uint8Array(bytesOf[0]);
  communicator.broadcast(given, from);
  return JSON.parse(new TextDecoder().decode(given));
});
communicator.close();
if (rank === 0) console.log(JSON.stringify(all));
