// deno-lint-ignore-file no-console -- a program of its own.
/**
 * A rank that shares memory with the others: `memory_program.ts CASE`. Rank 0 prints on how many ranks each statement holds, see
 * `shared_memory_test.ts`.
 */
import { rankCollective } from "../../src/engine/mpi/collective.ts";
import { type Communicator, joinRanks } from "../../src/engine/mpi/communicator.ts";
import { rankPlace } from "../../src/engine/mpi/launcher.ts";
import { rankBarrier } from "../../src/engine/mpi/rank_barrier.ts";
import { shareMemory } from "../../src/engine/mpi/shared_memory.ts";

const communicator = joinRanks(rankPlace(Deno.env.toObject())!), { rank, size } = communicator;

/** Numbers that end within a page. */
const PAGES_LENGTH = 5000;

/** How often this process maps files of this program, and has them open. */
function held(): number {
  const maps = Deno.readTextFileSync("/proc/self/maps").match(/memfd:hourglass/g) ?? [];
  const files = [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).includes("memfd:hourglass");
    } catch {
      return false;
    }
  });
  return maps.length + files.length;
}

/** Whether all ranks see what each has written, after each of many waits. */
function seesAll(): boolean {
  const memory = shareMemory(communicator, 65_536)!;
  const numbers = memory.floats(4096, size), wait = rankBarrier(memory, size, 0.05);
  let right = held() === 1;
  for (let time = 1; time <= 2000; time++) {
    // Ranks arrive in another order each time.
    if (time % size === rank && time % 50 === 0) {
      for (const end = performance.now() + 1; performance.now() < end;);
    }
    numbers[rank] = time + rank;
    wait();
    right &&= numbers.every((number, at) => number === time + at);
    wait();
  }
  memory.close();
  return right;
}

/** Whether numbers stay as they are when they are moved there and back, and all ranks see them in between. */
function movesThereAndBack(): boolean {
  const memory = shareMemory(communicator, 65_536 * size)!, wait = rankBarrier(memory, size, 0.05);
  const numbers = new Float32Array(
    new WebAssembly.Memory({ initial: 3, maximum: 3 }).buffer,
    65_536,
    PAGES_LENGTH,
  );
  const others = Array.from({ length: size }, (_, at) => memory.floats(65_536 * at + 4096, PAGES_LENGTH));
  numbers.fill(1 + rank);
  const moveBack = memory.move(numbers, 65_536 * rank + 4096),
    isMoved = moveBack !== undefined && held() === 2;
  const isKept = numbers.every((number) => number === 1 + rank);
  wait();
  const isSeen = others.every((other, at) => other.every((number) => number === 1 + at));
  wait();
  numbers.fill(10 + rank);
  wait();
  const isSeenAgain = others.every((other, at) => other.every((number) => number === 10 + at));
  wait();
  moveBack?.();
  memory.close();
  return isMoved && isKept && isSeen && isSeenAgain && numbers.every((number) => number === 10 + rank);
}

/** The communicator of a rank that finds another file at the place of rank 0's. */
function misled(): Communicator {
  return {
    ...communicator,
    broadcast(bytes, from) {
      communicator.broadcast(bytes, from);
      const [, link] = new TextDecoder().decode(bytes).split("\n");
      if (rank < size - 1) return;
      bytes.fill(0);
      new TextEncoder().encodeInto(`/proc/${Deno.pid}/fd/0\n${link}\n`, bytes);
    },
  };
}

const CASES: Record<string, () => boolean> = {
  seen: seesAll,
  moved: movesThereAndBack,
  "too large": () => shareMemory(communicator, 2 ** 62) === undefined,
  "not found": () => shareMemory(misled(), 65_536) === undefined,
  "other machines": () => shareMemory({ ...communicator, isOneMachine: false }, 65_536) === undefined,
};
const isRight = CASES[Deno.args[0]](), counts = Float64Array.of(Number(isRight), Number(held() === 0));
rankCollective(communicator).total(counts);
communicator.barrier();
communicator.close();
if (rank === 0) console.log(JSON.stringify([...counts]));
