import { strictEqual as equal } from "node:assert/strict";
import type { GraphBuilder } from "../../src/graph/builder.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import type { Value } from "../../src/graph/graph.ts";
import { isDivisible } from "../../src/graph/parts.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { MODELS } from "../support/models.ts";

/** The names of models whose rows depend on sums over rows. */
const COUPLED = /free bits|capacity|total correlation|beta-TC|TC-VAE/i;

Deno.test("isDivisible() is true of the training graph of every model but those with free bits, a capacity or total correlation", () => {
  for (const [name, model] of Object.entries(MODELS)) {
    const isCoupled = model.kind === "vae" &&
      (model.freeBits > 0 || model.klSchedule.kind === "capacity" || model.totalCorrelation !== undefined);
    equal(isDivisible(trainingGraph(model, { paired: true })), !isCoupled, name);
    equal(isCoupled, COUPLED.test(name), name);
  }
});

/** Whether a loss of x [batch, 2] and a parameter w [1, 2] divides. */
function divides(lossOf: (build: GraphBuilder, x: Value, w: Value) => Value): boolean {
  const build = graphBuilder(), x = build.input("x", ["batch", 2]), w = build.parameter("w", [1, 2]);
  const loss = lossOf(build, x, w);
  return isDivisible(build.finish({ outputs: { loss }, gradients: gradients(build, loss, [w]) }));
}

Deno.test("isDivisible() takes sums of rows and what is linear in them, and nothing else", () => {
  equal(divides((build, x, w) => build.sumAll(build.multiply(x, w))), true);
  equal(
    divides((build, x, w) => build.divide(build.sumAll(build.multiply(x, w)), build.constant(3))),
    true,
  );
  equal(divides((build, x, w) => build.exp(build.sumAll(build.multiply(x, w)))), false);
  // A term of the weights alone would be counted once in each part.
  equal(
    divides((build, x, w) =>
      build.add(build.sumAll(build.multiply(x, w)), build.sumAll(build.multiply(w, w)))
    ),
    false,
  );
  equal(
    divides((build, x, w) => build.sumAll(build.multiply(build.subtract(x, build.sumRows(x)), w))),
    false,
  );
});
