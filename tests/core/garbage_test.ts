import { ok, strictEqual as equal } from "node:assert/strict";

/** Fills and drops 200 MB outside JavaScript's own heap; prints by how many MB the process is larger before and after a collection. */
const PROGRAM = `
import { collectGarbage } from ${JSON.stringify(new URL("../../src/core/garbage.ts", import.meta.url).href)};
const rss = () => Deno.memoryUsage().rss / 1e6;
const before = rss();
let memory = new WebAssembly.Memory({ initial: 3200, maximum: 3200, shared: true });
new Uint8Array(memory.buffer).fill(1);
memory = undefined;
await new Promise((resolve) => setTimeout(resolve, 20));
const kept = rss() - before;
collectGarbage();
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(JSON.stringify({ kept, left: rss() - before }));
`;

Deno.test("collectGarbage() frees the memory of an unused program, with no permission but reading", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--no-check", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(PROGRAM));
  await input.close();
  const { code, stdout, stderr } = await child.output();
  equal(code, 0, new TextDecoder().decode(stderr));
  const { kept, left } = JSON.parse(new TextDecoder().decode(stdout));
  ok(kept > 150, `${kept} MB were still there before`);
  ok(left < 100, `${left} MB are still there after`);
});
