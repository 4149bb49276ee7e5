/** The speed of an engine, for estimates. @module */
import { graphBuilder } from "../../graph/builder.ts";
import { flops } from "../../graph/cost.ts";
import type { Engine } from "../engine.ts";

/** A product of matrices of this size, as the layers of a model have them. */
const ROWS = 128, COLUMNS = 512;
/** Milliseconds of measuring. */
const MEASURED = 100;

/** Floating-point operations per second of an engine on products: the best of several runs. A step has less. */
export function measureSpeed(engine: Engine): number {
  const build = graphBuilder(), x = build.input("x", ["batch", COLUMNS]);
  const graph = build.finish({ outputs: { y: build.matmul(x, build.parameter("w", [COLUMNS, COLUMNS])) } });
  const program = engine.compile(graph, { capacity: ROWS });
  try {
    program.input("x").fill(0.5);
    program.parameters.fill(0.01);
    let least = Infinity;
    for (const end = performance.now() + MEASURED; performance.now() < end;) {
      const start = performance.now();
      program.run(ROWS);
      least = Math.min(least, performance.now() - start);
    }
    return flops(graph, ROWS) / (least / 1000);
  } finally {
    program.dispose();
  }
}
