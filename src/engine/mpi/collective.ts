/**
 * The ranks of a program as the {@link Collective} of a training.
 *
 * @module
 */
import type { Collective } from "../../core/collective.ts";
import type { Communicator } from "./communicator.ts";
import { connectMessages } from "./message_sum.ts";
import { connectShared } from "./shared_sum.ts";
import { connectUpdate } from "./shared_update.ts";

/** The ways in which ranks sum blocks: through memory that all see, where they have such memory, or by messages. */
export type SumWay = "memory" | "messages";

/** The collective of all ranks. */
export function rankCollective(communicator: Communicator, way: SumWay = "memory"): Collective {
  const { rank, size } = communicator, totals = new Map<number, (numbers: Float64Array) => void>();
  return {
    rank,
    size,
    connect(block, state) {
      if (way === "messages") return connectMessages(communicator, block);
      const updated = state && connectUpdate(communicator, block, state);
      return updated ?? connectShared(communicator, block) ?? connectMessages(communicator, block);
    },
    total(numbers) {
      let total = totals.get(numbers.length);
      if (total === undefined) {
        total = totalOf(communicator, numbers.length);
        totals.set(numbers.length, total);
      }
      total(numbers);
    },
  };
}

/** Prepares totals of `count` numbers. */
function totalOf(communicator: Communicator, count: number): (numbers: Float64Array) => void {
  const { size } = communicator, room = (length: number) => new Float64Array(new ArrayBuffer(8 * length));
  const own = room(count), all = room(size * count), gather = communicator.gatherer(own, all);
  return (numbers) => {
    own.set(numbers);
    gather();
    for (let at = 0; at < count; at++) {
      let sum = all[at];
      for (let rank = 1; rank < size; rank++) sum += all[rank * count + at];
      numbers[at] = sum;
    }
  };
}
