/** Contract: every primitive and its gradient, at odd sizes, against double precision. @module */
import { valueBytes } from "../../../src/graph/cost.ts";
import { assertClose, type Tolerance } from "../../support/close.ts";
import { type Case, caseOf, compileFilled, outputOf } from "../../support/graphs.ts";
import { blockCases } from "../../support/map_cases.ts";
import { primitiveCases } from "../../support/primitives.ts";
import { randomCase } from "../../support/random_graph.ts";
import { standard, type Subject } from "./subject.ts";

/** A full batch, one row, a short batch after a longer one, and a full one again. */
const CAPACITY = 9;
const BATCHES = [9, 1, 3, 9, 4];
const COLUMNS = [1, 3, 35];

const RANDOM_GRAPHS = 40;

/** Registers the tests. */
export function primitivesContract(subject: Subject): void {
  const sizes = COLUMNS.map(primitiveCases);
  for (const kind of Object.keys(sizes[0])) {
    Deno.test(`${subject.name} run() computes ${kind} and its gradient as double precision does`, async () => {
      for (const cases of sizes) for (const each of cases[kind]) await check(subject, each, BATCHES);
    });
  }
  Deno.test(`${subject.name} run() computes products larger than any tile or block`, async () => {
    const wide = caseOf("wide", (build, operand) => {
      const x = operand(["batch", 300]),
        hidden = build.tanh(build.matmul(x, build.multiply(build.constant(0.05), operand([300, 131]))));
      return build.matmul(hidden, build.multiply(build.constant(0.05), operand([67, 131])), { b: true });
    });
    await check(subject, wide, [37, 9], 37);
  });
  Deno.test(`${subject.name} run() computes convolutions of more maps than a block has`, async () => {
    for (const large of blockCases()) await check(subject, large, [5, 2, 5], 5);
  });
  Deno.test(`${subject.name} run() computes graphs put together at random as double precision does`, async () => {
    for (let seed = 1; seed <= RANDOM_GRAPHS; seed++) await check(subject, randomCase(seed), [9, 2, 5]);
  });
}

/** Single precision may be off by more in a large graph: a sum of many terms has their rounding errors, however small it is itself. */
function widened(
  { forward, gradient }: Subject["tolerances"],
  elements: number,
): { forward: Tolerance; gradient: Tolerance } {
  const widen = ({ absolute = 0, relative }: Tolerance): Tolerance => ({
    relative,
    absolute: absolute * Math.max(1, elements / 500),
  });
  return { forward: widen(forward), gradient: widen(gradient) };
}

async function check(
  subject: Subject,
  { label, graph }: Case,
  batches: readonly number[],
  capacity = CAPACITY,
): Promise<void> {
  const program = compileFilled(await subject.engine(), graph, { capacity });
  const expected = compileFilled(standard, graph, { capacity });
  for (const rows of batches) {
    const { forward, gradient } = widened(subject.tolerances, valueBytes(graph, rows) / 4);
    program.run(rows);
    expected.run(rows);
    const place = `${label}, ${rows} rows`;
    for (const name of graph.outputs.keys()) {
      assertClose(
        outputOf(program, graph, name, rows),
        outputOf(expected, graph, name, rows),
        forward,
        `${name} of ${place}`,
      );
    }
    assertClose(program.gradients, expected.gradients, gradient, `gradient of ${place}`);
  }
  program.dispose();
}
