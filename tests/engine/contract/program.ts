/** Contract: a program as a thing - its views, its independence and its errors. @module */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Engine, Program } from "../../../src/engine/engine.ts";
import { graphBuilder } from "../../../src/graph/builder.ts";
import { NAMES } from "../../../src/models/graphs.ts";
import { trainingGraph } from "../../../src/models/loss_graphs.ts";
import { assertClose } from "../../support/close.ts";
import { compileFilled, outputOf } from "../../support/graphs.ts";
import { MODELS } from "../../support/models.ts";
import { optimizerOf } from "../../support/optimizers.ts";
import { standard, type Subject } from "./subject.ts";

const graph = trainingGraph(MODELS["vae with free bits"], { paired: false });
const ADAM = optimizerOf({ kind: "adam" });

/** Registers the tests. */
export function programContract(subject: Subject): void {
  viewTests(subject);
  independenceTests(subject);
  errorTests(subject);
}

function compile(engine: Engine): Program {
  return compileFilled(engine, graph, { capacity: 4, rule: ADAM.rule });
}

function step(program: Program, at: number): void {
  program.run(4);
  program.update(ADAM.scalars({ step: at }));
}

function viewTests({ name, engine }: Subject): void {
  Deno.test(`${name} views stay valid over runs, updates and other programs`, async () => {
    const loaded = await engine();
    const program = compile(loaded);
    const views = () => [
      program.parameters,
      program.gradients,
      ...program.slots,
      program.order,
      program.input(NAMES.target),
      program.output("loss"),
    ];
    const before = views();
    const losses: number[] = [];
    for (let at = 1; at <= 3; at++) {
      step(program, at);
      losses.push(before.at(-1)![0]);
      // A larger one, compiled in between: an engine that grows one memory for all would detach the views.
      compileFilled(loaded, graph, { capacity: 4000, rule: ADAM.rule }).dispose();
    }
    views().forEach((view, at) => {
      ok(before[at].length > 0);
      equal(view.buffer, before[at].buffer);
      equal(view.byteOffset, before[at].byteOffset);
    });
    equal(new Set(losses).size, 3);
    program.dispose();
  });

  Deno.test(`${name} views have the lengths that the contract states`, async () => {
    const program = compileFilled(await engine(), graph, { capacity: 4, rule: ADAM.rule, orderLength: 9 });
    const count = graph.parameters.reduce(
      (sum, { shape: [rows, columns] }) => sum + Number(rows) * Number(columns),
      0,
    );
    equal(program.parameters.length, count);
    equal(program.gradients.length, count);
    deepEqual(program.slots.map(({ length }) => length), [count, count]);
    deepEqual([...program.order], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    equal(program.input(NAMES.target).length, 4 * 35);
    equal(program.input(NAMES.beta).length, 1);
    equal(program.output("loss").length, 1);
    ok(program.bytes >= 4 * 4 * count);
    program.dispose();
  });

  Deno.test(`${name} calls count what ran`, async () => {
    const program = compile(await engine());
    const total = () => Object.values(program.calls).reduce((sum, calls) => sum + calls, 0);
    program.run(4);
    const once = total();
    ok(once > 0);
    program.run(4);
    equal(total(), 2 * once);
    program.dispose();
  });
}

function independenceTests({ name, engine }: Subject): void {
  Deno.test(`${name} programs of one engine do not disturb one another`, async () => {
    const loaded = await engine();
    const alone = compile(loaded);
    for (let at = 1; at <= 3; at++) step(alone, at);
    const first = compile(loaded),
      second = compileFilled(loaded, graph, { capacity: 6, rule: ADAM.rule }, 99);
    for (let at = 1; at <= 3; at++) {
      step(first, at);
      step(second, at);
    }
    deepEqual(first.parameters, alone.parameters);
    [alone, first, second].forEach((program) => program.dispose());
  });

  Deno.test(`${name} run() gives outputs that are inputs, parameters or constants themselves`, async () => {
    const build = graphBuilder();
    const x = build.input("x", ["batch", 3]), p = build.parameter("p", [1, 3]);
    const outputs = { x, p, two: build.constant(2), again: build.tanh(x), same: build.tanh(x) };
    const plain = build.finish({ outputs });
    const loaded = await engine();
    const [program, expected] = [loaded, standard].map((each) => compileFilled(each, plain, { capacity: 3 }));
    [program, expected].forEach((each) => each.run(2));
    equal(program.gradients.length, 0);
    for (const output of Object.keys(outputs)) {
      const [actual, wanted] = [program, expected].map((each) => outputOf(each, plain, output, 2));
      assertClose(actual, wanted, { relative: 1e-6 }, output);
    }
    program.dispose();
  });
}

function errorTests({ name, engine }: Subject): void {
  Deno.test(`${name} input() and output() refuse an unknown name, and list the known ones`, async () => {
    const program = compile(await engine());
    throws(() => program.input("targte"), {
      name: "RangeError",
      message: 'the input must be one of target, inverseRows, epsilon, beta, got "targte"',
    });
    throws(() => program.output("los"), {
      name: "RangeError",
      message: 'the output must be one of loss, reconstruction, kl, got "los"',
    });
    throws(() => program.drawNormal("nowhere", { seed: 1, stream: "latent", epoch: 0 }, 0, 1), /"nowhere"/);
    program.dispose();
  });

  Deno.test(`${name} gather() refuses a program without samples, and gatherTargets() samples without targets`, async () => {
    const program = compile(await engine());
    throws(() => program.gather(NAMES.target, 0, 1), {
      name: "TypeError",
      message: "gather() needs a program that was compiled with samples, got none (set options.samples)",
    });
    program.dispose();
    const size = graph.inputs.get(NAMES.target)!.shape[1] as number;
    const other = (await engine()).compile(graph, {
      capacity: 1,
      samples: { kind: "bytes", capacity: 1, size },
    });
    throws(() => other.gatherTargets(NAMES.target, 0, 1), {
      name: "TypeError",
      message:
        "gatherTargets() needs a program whose samples have targets, got none (set options.samples.targets)",
    });
    throws(() => other.gather(NAMES.inverseRows, 0, 1), /must have \d+ columns, one for each value/);
    other.dispose();
  });
}
