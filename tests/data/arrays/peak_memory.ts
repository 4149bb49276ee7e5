/** Loads a .npy file in a process of its own; prints the bytes of its values and by how many the most memory in use rose. */
import { npy } from "../../../src/data/npy.ts";
import { openInput } from "./npy_support.ts";

const peak = () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]);
// Everything that reading compiles is there before.
await openInput(npy(Deno.args[0]));
const before = peak(), { train, test } = await openInput(npy(Deno.args[1]));
const found = { bytes: train.values.byteLength + test.values.byteLength, risen: peak() - before };
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(found)));
