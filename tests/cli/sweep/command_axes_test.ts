import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import { ae, glyphs, load, pipeline, sweep, train } from "../../../mod.ts";
import { sweepOf } from "../../../src/cli/sweep/command_axes.ts";

const LETTERS = pipeline("letters").pipe(load(glyphs())).pipe(train(ae({ encoder: [35], latent: 2 })));
const axesOf = (...written: string[]) => sweepOf(LETTERS, "letters.ts", { sweep: written, options: {} }).axes;

Deno.test("sweepOf() reads values as JSON where they are some, else as text, and splits at commas outside of brackets and quotes", () => {
  const cases: [string, unknown[]][] = [
    ["train.epochs=1,20", [1, 20]],
    ["train.optimizer.learningRate=1e-3, 3e-4", [1e-3, 3e-4]],
    ["train.monitor=loss,validation", ["loss", "validation"]],
    ["train.model.encoder=[35,20],[35, 20, 10]", [[35, 20], [35, 20, 10]]],
    ['train.optimizer={"kind":"sgd","learningRate":1},{"kind":"adam"}', [
      { kind: "sgd", learningRate: 1 },
      { kind: "adam" },
    ]],
    ['load.source.folder="a, b",c', ["a, b", "c"]],
    ['load.source.folder="a \\" , ]",null', ['a " , ]', null]],
    ["train.patience=null,10", [null, 10]],
  ];
  for (const [written, values] of cases) {
    const path = written.slice(0, written.indexOf("="));
    deepEqual(axesOf(written), { [path]: values }, written);
  }
});

Deno.test("sweepOf() reads ranges and choices", () => {
  deepEqual(
    axesOf(
      "a.rate=logUniform(1e-4,1e-1)",
      "a.size= uniform(1, 9, integer) ",
      "a.std=uniform(-1,1)",
      "a.kind=choice([1,2],x)",
    ),
    {
      "a.rate": { kind: "logUniform", low: 1e-4, high: 1e-1, integer: false },
      "a.size": { kind: "uniform", low: 1, high: 9, integer: true },
      "a.std": { kind: "uniform", low: -1, high: 1, integer: false },
      "a.kind": { kind: "choice", values: [[1, 2], "x"] },
    },
  );
});

Deno.test("sweepOf() refuses what is no axis, with its path, what must hold and what was found", () => {
  const cases: [string[], RegExp][] = [
    [["train.epochs="], /^--sweep train\.epochs: must be values with commas between them, got nothing$/],
    [["train.epochs=1,,2"], /got an empty value in "1,,2"$/],
    [["train.epochs=1,"], /got an empty value/],
    [["epochs"], /^--sweep must be PATH=VALUES as in .*, got "epochs"$/],
    [["=1"], /^--sweep must be PATH=VALUES/],
    [["a.b=[1,2"], /^--sweep a\.b: must have a closing "\]", got none in "\[1,2"$/],
    [["a.b=1]"], /must have matching brackets, got an extra "\]"/],
    [['a.b="x'], /must have a closing quote, got none/],
    [["a.b=1", "a.b=2"], /^--sweep a\.b must be given once, got it twice$/],
    [["a.b=uniform(2,1)"], /^--sweep a\.b: uniform: high must be above the lower bound 2, got 1$/],
    [["a.b=uniform(1,1)"], /above the lower bound 1, got 1$/],
    [["a.b=uniform(1)"], /must be two bounds, and "integer" for whole numbers, got 1 argument$/],
    [
      ["a.b=loguniform(1e-4,1)"],
      /^--sweep a\.b: loguniform\(\.\.\.\) is unknown: did you mean "logUniform"\? \(in quotes/,
    ],
    [["a.b=uniform(x,2)"], /uniform: low must be a finite number, got "x"$/],
    [["a.b=uniform(0.5,2,integer)"], /uniform: low must be a whole number, got 0\.5$/],
    [["a.b=logUniform(0,1)"], /logUniform: low must be above 0, got 0$/],
    [["a.b=choice()"], /got nothing$/],
    [[], /^letters\.ts must export a sweep, or --sweep must name what varies .*, got a pipeline alone$/],
  ];
  for (const [written, message] of cases) throws(() => axesOf(...written), { name: "UsageError", message });
});

Deno.test("sweepOf() adds axes and options to those of a file, and takes the place of equal ones", () => {
  const own = sweep(LETTERS, { "train.epochs": [1], "train.batchSize": [8] }, {
    seeds: 3,
    success: "train.loss < 1",
  });
  deepEqual(sweepOf(own, "letters.ts", { sweep: ["train.epochs=5,6"], options: { seeds: 2 } }), {
    ...own,
    axes: { "train.epochs": [5, 6], "train.batchSize": [8] },
    options: { seeds: 2, success: "train.loss < 1" },
  });
  deepEqual(sweepOf(own, "letters.ts", { sweep: ["seed=4"], options: { metric: undefined } }), {
    ...own,
    axes: { "train.epochs": [1], "train.batchSize": [8], seed: [4] },
    options: { success: "train.loss < 1" },
  });
  const listed = sweep(LETTERS, [{ label: "plain" }]);
  throws(() => sweepOf(listed, "letters.ts", { sweep: ["train.epochs=5"], options: {} }), {
    message:
      /^--sweep train\.epochs must not be given with a sweep of listed settings, got one \(--set train\.epochs=/,
  });
  throws(() => sweepOf(listed, "letters.ts", { sweep: ["seed=5"], options: {} }), {
    message: /\(--seeds N runs/,
  });
});

Deno.test("sweepOf() takes a quoted text that looks like a range, and other text with brackets, as it is", () => {
  deepEqual(axesOf('a.b="loguniform(1,2)"', "a.c=rgb(1,2)"), {
    "a.b": ["loguniform(1,2)"],
    "a.c": ["rgb(1,2)"],
  });
});

Deno.test("sweepOf() refuses a sweep in a file in which nothing varies, and leaves axes that are none to the checks of sweeps", () => {
  const none = { sweep: [], options: {} };
  throws(() => sweepOf(sweep(LETTERS, {}), "letters.ts", none), {
    name: "UsageError",
    message: /^sweep\.axes must have an option that varies, or sweep\.options\.seeds be given, got \{\}$/,
  });
  deepEqual(sweepOf(sweep(LETTERS, {}, { seeds: 2 }), "letters.ts", none).axes, {});
  deepEqual(sweepOf(sweep(LETTERS, null as never), "letters.ts", none).axes, null);
});
