/** Contract: numbers at the extremes stay numbers. @module */
import { ok, strictEqual as equal } from "node:assert/strict";
import { graphBuilder } from "../../../src/graph/builder.ts";
import { gradients } from "../../../src/graph/gradient.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { assertClose } from "../../support/close.ts";
import { outputOf } from "../../support/graphs.ts";
import { standard, type Subject } from "./subject.ts";

/** Far logits, as a training that runs away makes them. */
const FAR = [100, -100, 1e4, -1e4, 88.8, -88.8, 0, -0, 1e-30, 30, -30];

/** Elementwise functions of far numbers with their loss; cross-entropy as the models have it. */
function extremeGraph(): Graph {
  const build = graphBuilder();
  const logits = build.multiply(build.input("x", ["batch", 1]), build.parameter("scale", [1, 1]));
  const target = build.constant(0.25);
  const outputs = {
    sigmoid: build.sigmoid(logits),
    tanh: build.tanh(logits),
    softplus: build.softplus(logits),
    crossEntropy: build.subtract(build.softplus(logits), build.multiply(target, logits)),
    bounded: build.exp(build.multiply(build.tanh(logits), build.constant(10))),
  };
  const loss = Object.values(outputs).map((value) => build.sumAll(value)).reduce((a, b) => build.add(a, b));
  return build.finish({ outputs: { ...outputs, loss }, gradients: gradients(build, loss, build.parameters) });
}

/** Registers the tests. */
export function extremesContract({ name, engine }: Subject): void {
  Deno.test(`${name} run() stays finite and right at logits of 100 and 10,000`, async () => {
    const extreme = extremeGraph(), loaded = await engine();
    const [program, expected] = [loaded, standard].map((each) => {
      const made = each.compile(extreme, { capacity: FAR.length });
      made.parameters[0] = 1;
      made.input("x").set(FAR.map(Math.fround));
      made.run(FAR.length);
      return made;
    });
    for (const output of extreme.outputs.keys()) {
      const [actual, wanted] = [program, expected].map((each) => outputOf(each, extreme, output, FAR.length));
      assertClose(actual, wanted, { absolute: 1e-6, relative: 2e-5 }, output);
    }
    assertClose(program.gradients, expected.gradients, { relative: 1e-4 }, "gradient");
    program.dispose();
  });

  Deno.test(`${name} run() makes no NaN of exp at extreme numbers`, async () => {
    const build = graphBuilder();
    const plain = build.finish({ outputs: { y: build.exp(build.input("x", ["batch", 1])) } });
    const far = [80, -80, -100, -1e4, 100, 1e4, 0];
    const program = (await engine()).compile(plain, { capacity: far.length });
    program.input("x").set(far);
    program.run(far.length);
    const y = outputOf(program, plain, "y", far.length);
    assertClose(
      y.subarray(0, 4),
      [Math.exp(80), Math.exp(-80), 0, 0],
      { absolute: 1e-38, relative: 1e-5 },
      "exp",
    );
    ok(y[4] > 1e38 && y[5] > 1e38, `exp(100) = ${y[4]}, exp(10000) = ${y[5]}`);
    equal(y[6], 1);
    program.dispose();
  });
}
