/**
 * Decodes damaged pictures in a process of its own, and prints the results as one line of JSON.
 *
 *     deno run -A ... decode_damaged.ts FIRST COUNT
 *
 * @module
 */
import { decodeFrames } from "../../src/data/decode.ts";
import { PictureError } from "../../src/data/picture_error.ts";
import { bombs, damage, validPictures } from "./damage.ts";

const [first, count] = Deno.args.map(Number);
/** An error message of this project: what must hold, what was found, the remedy. */
const SENTENCE = /^must (be|have) .*, got .* \(.*\)$/;
const outcome = { pixels: 0, refused: 0, wrong: [] as string[] };

for (const [format, valid] of Object.entries(validPictures())) {
  for (let seed = first; seed < first + count; seed++) {
    const began = performance.now();
    try {
      for await (const { height, width, rgba } of decodeFrames(damage(valid, seed), "all")) {
        if (height * width === 0 || rgba.length !== 4 * height * width) {
          outcome.wrong.push(`${format} ${seed}: ${height}x${width}`);
        }
      }
      outcome.pixels++;
    } catch (thrown) {
      outcome.refused++;
      if (!(thrown instanceof PictureError) || !SENTENCE.test(thrown.message)) {
        outcome.wrong.push(`${format} ${seed}: ${thrown}`);
      }
    }
    const seconds = (performance.now() - began) / 1000;
    if (seconds > 10) outcome.wrong.push(`${format} ${seed}: ${seconds} seconds`);
  }
}
for (const [name, { bytes, says }] of Object.entries(bombs())) {
  const came = await Array.fromAsync(decodeFrames(bytes, "all"))
    .then(() => "pixels", (thrown) => `${thrown.message}`);
  if (says === "pixels" ? came !== says : !says.test(came) || !SENTENCE.test(came)) {
    outcome.wrong.push(`${name}: ${came}`);
  }
}
const megabytes = Number(/VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]) / 1000;
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ ...outcome, megabytes }) + "\n"));
