/**
 * Where the time of a step goes: around the run in either engine, by kernel in the wasm engine, by operation in ONNX Runtime.
 *
 * @module
 */
import type { Program } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { connect } from "../../src/engine/native/api.ts";
import { openPackagedLibrary } from "../../src/engine/native/library.ts";
import { productSessions, sessionProducts } from "../../src/engine/native/products.ts";
import { kernelModule } from "../../src/engine/wasm.ts";
import { fuse } from "../../src/engine/wasm/fuse.ts";
import { nameOfKernel } from "../../src/engine/wasm/instructions.ts";
import { lower, lowerCopy } from "../../src/engine/wasm/lower.ts";
import type { Call } from "../../src/engine/wasm/lowering.ts";
import { kernelProducts, type MakeProduct } from "../../src/engine/wasm/products.ts";
import { programOf } from "../../src/engine/wasm/program.ts";
import type { ProgramMemory } from "../../src/engine/wasm/program_memory.ts";
import { encodeOnnx, onnxNames } from "../../src/graph/onnx.ts";
import { extentOf, type Graph, hasMaps, type Value } from "../../src/graph/graph.ts";
import { markdown } from "../note.ts";
import { type Case, initialParameters } from "./cases.ts";
import { programOptions, stepGraph, type StepParts, stepParts } from "./hourglass.ts";
import { nameOf } from "./stepper.ts";

/** Milliseconds by name. */
type Times = Map<string, number>;

/** Milliseconds over which a profile is taken. */
const LENGTH = 2000;
/** Parts of a smaller share are combined. */
const SMALLEST = 0.005;

/** The shares of a step of a case, as tables. */
export async function profile(one: Case): Promise<string> {
  const graph = stepGraph(one), cores = Math.min(2, navigator.hardwareConcurrency);
  const kernels: Times = new Map();
  const wasm = around(stepParts(await timedKernels(graph, one, kernels), one), kernels);
  const native = await loadEngine("native", { threads: cores });
  const program = native.compile(graph, programOptions(one));
  const outside = around(stepParts(program, one), new Map());
  // Graphs that are too small for a session are run by the kernels, on one thread.
  const hasSession = program.calls.session !== undefined;
  const parts = [
    `### ${one.name} ${one.title}`,
    `wasm, ${perStep(wasm)}\n\n${shares(new Map([...wasm.times, ...kernels]), ["run"])}`,
    `${nameOf("native", hasSession ? cores : 1)}, ${perStep(outside)}\n\n${shares(outside.times, [])}`,
  ];
  if (hasMaps(graph)) {
    const instructions: Times = new Map();
    around(
      stepParts(await timedKernels(graph, one, instructions, await nativeProducts()), one),
      instructions,
    );
    parts.push(`Within the run, on one thread, by instruction\n\n${shares(instructions, [])}`);
  } else if (hasSession) {
    parts.push(`Within the run, by ONNX Runtime's operations\n\n${await inside(graph, one, cores)}`);
  }
  program.dispose();
  return parts.join("\n\n") + "\n";
}

/** A profile: milliseconds by part, and the number of steps. */
interface Profile {
  readonly times: Times;
  readonly steps: number;
}

/** Runs and times steps; `within` is emptied after the warm-up. */
function around(parts: StepParts, within: Times): Profile {
  const times: Times = new Map();
  const timed = (name: string, part: () => void) => {
    const began = performance.now();
    part();
    times.set(name, (times.get(name) ?? 0) + performance.now() - began);
  };
  const step = () => {
    timed("gather and draw", parts.gather);
    timed("run", parts.run);
    timed("optimizer", parts.update);
  };
  const steps = (milliseconds: number) => {
    let taken = 0;
    for (const began = performance.now(); performance.now() - began < milliseconds; taken++) step();
    return taken;
  };
  steps(LENGTH / 2);
  times.clear();
  within.clear();
  return { times, steps: steps(LENGTH) };
}

/** Makes the products of a program, which lies in a memory. */
type Products = (memory: ProgramMemory) => MakeProduct;

/** ONNX Runtime's products, as the native engine has them in graphs with maps. */
async function nativeProducts(): Promise<Products> {
  const api = connect(await openPackagedLibrary()), sessions = productSessions(api);
  return ({ buffer, kernels, layout }) =>
    sessionProducts(api, sessions, buffer, kernelProducts(kernels, layout)).makeProduct;
}

/** The wasm engine's program (or one with other products), each of whose instructions adds to `times`. */
async function timedKernels(
  graph: Graph,
  one: Case,
  times: Times,
  products: Products = ({ kernels, layout }) => kernelProducts(kernels, layout),
): Promise<Program> {
  const instructions = fuse(graph);
  return programOf(await kernelModule(), graph, instructions, programOptions(one), (memory) => {
    const { kernels, layout } = memory, makeProduct = products(memory);
    const names = [...instructions.map(nameOfKernel), ...layout.copies.map(() => "copy")];
    const calls = [
      ...instructions.map((instruction) => lower(instruction, kernels, layout, makeProduct)),
      ...layout.copies.map((copy) => lowerCopy(copy, kernels)),
    ];
    const steps = calls.map((call, at): Call => (rows) => {
      const began = performance.now();
      call(rows);
      times.set(names[at], (times.get(names[at]) ?? 0) + performance.now() - began);
    });
    return { steps, names };
  });
}

/** As much of onnxruntime-node as is used here: it can write a profile, which this project's own bridge does not need. */
interface OnnxRuntime {
  readonly InferenceSession: {
    create(file: Uint8Array, options: Record<string, unknown>): Promise<{
      run(feeds: Record<string, unknown>): Promise<unknown>;
      endProfiling(): void;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (kind: "float32", data: Float32Array, dimensions: number[]) => unknown;
}

/** Shares by operation of ONNX Runtime, from its own profile. */
async function inside(graph: Graph, one: Case, threads: number): Promise<string> {
  const name = "onnxruntime-node";
  const { InferenceSession, Tensor } = await import(name) as OnnxRuntime;
  const folder = await Deno.makeTempDir();
  const session = await InferenceSession.create(encodeOnnx(graph), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    enableProfiling: true,
    profileFilePrefix: `${folder}/profile`,
  });
  const initial = initialParameters(one);
  const shapeOf = ({ shape }: Value) => shape.map((size) => extentOf(size, one.batch));
  const values = [...graph.inputs.values(), ...graph.parameters];
  const feeds = Object.fromEntries(
    onnxNames(graph).inputs.map((input, at) => {
      const dimensions = shapeOf(values[at]), length = dimensions.reduce((product, size) => product * size);
      const numbers = initial[at - graph.inputs.size] ?? new Float32Array(length).fill(0.5);
      return [input, new Tensor("float32", numbers, dimensions)];
    }),
  );
  for (const began = performance.now(); performance.now() - began < LENGTH;) await session.run(feeds);
  session.endProfiling();
  await session.release();
  const [{ name: file }] = [...Deno.readDirSync(folder)];
  const events: { cat: string; name: string; dur: number; args: { op_name?: string } }[] = JSON.parse(
    await Deno.readTextFile(`${folder}/${file}`),
  );
  await Deno.remove(folder, { recursive: true });
  const times: Times = new Map();
  for (const { cat, name, dur, args: { op_name: operation } = {} } of events) {
    if (cat !== "Node" || operation === undefined || !name.endsWith("_kernel_time")) continue;
    times.set(operation, (times.get(operation) ?? 0) + dur / 1000);
  }
  return shares(times, []);
}

function perStep({ times, steps }: Profile): string {
  return `${(total(times) / steps).toPrecision(3)} ms/step`;
}

/** A table of shares, the largest first; `without` names what others in the table are parts of. */
function shares(times: Times, without: readonly string[]): string {
  const parts = new Map([...times].filter(([name]) => !without.includes(name)));
  const all = total(parts), large = [...parts].filter(([, time]) => time >= SMALLEST * all);
  large.sort(([, left], [, right]) => right - left);
  const rest = all - total(new Map(large));
  const others = rest < all * SMALLEST / 10 ? [] : [["all else", rest] as const];
  const lines = [...large, ...others]
    .map(([name, time]) => [name, `${(100 * time / all).toFixed(1)} %`]);
  return markdown(["part", "share"], lines);
}

function total(times: Times): number {
  return [...times.values()].reduce((sum, time) => sum + time, 0);
}
