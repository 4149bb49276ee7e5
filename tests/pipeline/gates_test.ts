import { deepStrictEqual as deepEqual, match, strictEqual as equal, throws } from "node:assert/strict";
import { failedGates, parseGates, shownStatus } from "../../src/pipeline/gates.ts";
import { infoFor, metricsOf } from "../support/metrics.ts";

const STAGES = ["train", "evaluate", "train 2"];

Deno.test("parseGates() reads stage, metric, comparison and number", () => {
  const [elbo, share, blank] = parseGates(
    [" evaluate.elbo < -110 ", "evaluate.train.pixelAccuracy@0.3<=1e-2", "train 2.mse != 0"],
    STAGES,
  );
  deepEqual(elbo, {
    text: "evaluate.elbo < -110",
    stage: "evaluate",
    metric: "elbo",
    condition: { what: "elbo", comparison: "<", value: -110 },
  });
  const { metric, condition: { comparison, value } } = share;
  deepEqual([metric, comparison, value], ["train.pixelAccuracy@0.3", "<=", 0.01]);
  equal(blank.stage, "train 2");
});

for (
  const text of [
    "",
    "evaluate",
    "evaluate.elbo",
    "elbo < 1",
    "evaluate.elbo < x",
    "evaluate.elbo = 1",
    "evaluate.elbo < 1 2",
    "evaluate.elbo === 1",
  ]
) {
  Deno.test(`parseGates() refuses ${JSON.stringify(text)} and says how to write it`, () => {
    throws(() => parseGates([text], STAGES), (thrown: Error) => {
      match(thrown.message, /--fail-if must be STAGE\.METRIC < NUMBER as in 'evaluate\.elbo < -110'/);
      return thrown.name === "UsageError" &&
        thrown.message.endsWith(`got ${JSON.stringify(text)}`);
    });
  });
}

Deno.test("parseGates() refuses a stage that there is not, with the nearest name", () => {
  throws(() => parseGates(["evalute.elbo < 1"], STAGES), /stage "evalute" .*evaluate/);
});

const table: [comparison: string, fails: number[]][] = [
  ["<", [1]],
  ["<=", [1, 2]],
  [">", [3]],
  [">=", [2, 3]],
  ["==", [2]],
  ["!=", [1, 3]],
];
for (const [comparison, fails] of table) {
  Deno.test(`failedGates() fails ${fails.join(" and ")} of 1, 2, 3 under ${comparison} 2`, () => {
    const gates = parseGates([`evaluate.mse ${comparison} 2`], STAGES);
    deepEqual(
      [1, 2, 3].filter((mse) => failedGates(gates, { evaluate: metricsOf({ mse }) }) !== undefined),
      fails,
    );
  });
}

Deno.test("failedGates() says what each number is, and fails what was not measured", () => {
  const gates = parseGates(
    [
      "evaluate.mse > 1",
      "evaluate.mse > 3",
      "evaluate.elbo < 0",
      "train.loss > 0",
      "evaluate.bad > 0",
      "evaluate.toString > 0",
    ],
    STAGES,
  );
  equal(
    failedGates(gates, { evaluate: metricsOf({ mse: 2, bad: NaN }) }),
    "GATE FAILED: evaluate.mse = 2, must not be > 1 (squared error/pixel, lower is better); evaluate.elbo was not measured, must not be < 0; " +
      "train.loss was not measured, must not be > 0; evaluate.bad was not measured, must not be > 0 (ratio); " +
      "evaluate.toString was not measured, must not be > 0",
  );
});

Deno.test("failedGates() shows six digits, and more where they decide", () => {
  const gates = parseGates(["evaluate.elbo < -100"], STAGES);
  const text = (elbo: number) => failedGates(gates, { evaluate: metricsOf({ elbo }) });
  equal(
    text(-106.81234567),
    "GATE FAILED: evaluate.elbo = -106.812, must not be < -100 (nats/sample, higher is better)",
  );
  equal(
    text(-100.00000001),
    "GATE FAILED: evaluate.elbo = -100.00000001, must not be < -100 (nats/sample, higher is better)",
  );
  equal(text(-100), undefined);
});

Deno.test("failedGates() holds the ends of an interval to a gate, too", () => {
  const elbo = { value: -100, ...infoFor("elbo"), interval: { low: -101, high: -99 } };
  equal(
    failedGates(parseGates(["evaluate.elboLow < -100.5", "evaluate.elboHigh < -100.5"], STAGES), {
      evaluate: { elbo },
    }),
    "GATE FAILED: evaluate.elboLow = -101, must not be < -100.5 (nats/sample)",
  );
});

Deno.test("shownStatus() calls a run that fails a gate by no other name, and all others by their own", () => {
  equal(shownStatus({ status: "completed", exitCode: 3 }), "gate failed");
  equal(shownStatus({ status: "completed", exitCode: 0 }), "completed");
  equal(shownStatus({ status: "stopped", exitCode: 124 }), "stopped");
  equal(shownStatus({ status: "running", exitCode: null }), "running");
});
