import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { canShare, rowsBeforePart, rowsOfPart, secondBranch, treeSums } from "../../src/core/parts.ts";
import { branchesOf } from "../../src/engine/parts/branches.ts";

const rowsOf = (rows: number, parts: number) =>
  Array.from({ length: parts }, (_, part) => rowsOfPart(rows, parts, part));

/** What additions make of blocks that hold their own names. */
function sumText(count: number, sums: readonly { to: number; from: number }[]): string {
  const texts = Array.from({ length: count }, (_, at) => `${at}`);
  for (const { to, from } of sums) texts[to] = `(${texts[to]}+${texts[from]})`;
  return texts[0];
}

Deno.test("rowsOfPart() gives parts sizes that differ by at most one, the larger ones first", () => {
  deepEqual(rowsOf(10, 4), [3, 3, 2, 2]);
  deepEqual(rowsOf(8, 4), [2, 2, 2, 2]);
  deepEqual(rowsOf(3, 4), [1, 1, 1, 0]);
  deepEqual(rowsOf(0, 2), [0, 0]);
});

Deno.test("rowsBeforePart() counts the rows of the parts before one", () => {
  for (let rows = 0; rows < 30; rows++) {
    for (let parts = 1; parts < 9; parts++) {
      let before = 0;
      for (let part = 0; part <= parts; part++) {
        equal(rowsBeforePart(rows, parts, part), before);
        if (part < parts) before += rowsOfPart(rows, parts, part);
      }
      equal(before, rows);
    }
  }
});

Deno.test("rowsOfPart() divides the rows of consecutive parts as it does those of all", () => {
  for (let rows = 0; rows < 40; rows++) {
    for (const [parts, count] of [[4, 2], [8, 2], [8, 4], [6, 2]]) {
      for (let first = 0; first < parts; first += count) {
        const own = rowsBeforePart(rows, parts, first + count) - rowsBeforePart(rows, parts, first);
        deepEqual(rowsOf(own, count), rowsOf(rows, parts).slice(first, first + count));
      }
    }
  }
});

Deno.test("treeSums() adds neighbours, then neighbours of these", () => {
  equal(sumText(1, treeSums(1)), "0");
  equal(sumText(3, treeSums(3)), "((0+1)+2)");
  equal(sumText(4, treeSums(4)), "((0+1)+(2+3))");
  equal(sumText(6, treeSums(6)), "(((0+1)+(2+3))+(4+5))");
  equal(sumText(7, treeSums(7)), "(((0+1)+(2+3))+((4+5)+6))");
});

Deno.test("secondBranch() is where the last addition of treeSums() begins its second operand", () => {
  for (let parts = 2; parts < 40; parts++) {
    deepEqual(treeSums(parts).at(-1), { to: 0, from: secondBranch(parts) });
  }
});

Deno.test("branchesOf() makes the additions of treeSums() in few blocks", () => {
  for (let parts = 1; parts < 40; parts++) {
    const { first, second, secondBlock, blocks } = branchesOf(parts);
    const texts: string[] = [];
    for (const { part, block, sums } of [...first, ...second]) {
      texts[block] = `${part}`;
      for (const { to, from } of sums) texts[to] = `(${texts[to]}+${texts[from]})`;
    }
    const sum = second.length === 0 ? texts[0] : `(${texts[0]}+${texts[secondBlock]})`;
    equal(sum, sumText(parts, treeSums(parts)));
    ok(blocks <= 2 + 2 * Math.ceil(Math.log2(parts)), `${blocks} blocks for ${parts} parts`);
    equal(texts.length, blocks);
  }
});

Deno.test("canShare() takes as many parts for each process, a power of two", () => {
  const of = (parts: number) =>
    Array.from({ length: 8 }, (_, at) => at + 1).filter((n) => canShare(parts, n));
  deepEqual(of(4), [1, 2, 4]);
  deepEqual(of(6), [1, 3, 6]);
  deepEqual(of(8), [1, 2, 4, 8]);
  deepEqual(of(7), [1, 7]);
  deepEqual(of(12), [1, 3, 6]);
});

Deno.test("processes that canShare() parts sum them as one process does", () => {
  for (let parts = 1; parts < 33; parts++) {
    for (let processes = 1; processes <= parts; processes++) {
      if (!canShare(parts, processes)) continue;
      const count = parts / processes, texts = Array.from({ length: parts }, (_, at) => `${at}`);
      const add = (sums: readonly { to: number; from: number }[], of: (at: number) => number) =>
        sums.forEach(({ to, from }) => texts[of(to)] = `(${texts[of(to)]}+${texts[of(from)]})`);
      for (let rank = 0; rank < processes; rank++) add(treeSums(count), (at) => rank * count + at);
      add(treeSums(processes), (rank) => rank * count);
      equal(texts[0], sumText(parts, treeSums(parts)), `${parts} parts, ${processes} processes`);
    }
  }
});
