import { equal, notStrictEqual, strictEqual } from "node:assert/strict";
import { nextWorker } from "../../src/run/start_worker.ts";

Deno.test("a run takes the worker that was prepared for it, and the run after it a new one", () => {
  const next = nextWorker();
  next.prepare();
  const first = next.take(true);
  next.prepare();
  const second = next.take(true);
  notStrictEqual(second, first);
  first.terminate();
  second.terminate();
});

Deno.test("a worker that has run something is taken only where it need not be fresh", () => {
  const next = nextWorker();
  next.prepare();
  const used = next.take(true);
  next.keep(used);
  next.prepare();
  strictEqual(next.take(false), used);
  next.keep(used);
  const fresh = next.take(true);
  notStrictEqual(fresh, used);
  fresh.terminate();
  next.close();
});

Deno.test("a prepared worker that no run takes does not keep the process alive once it is closed", async () => {
  const url = import.meta.resolve("../../src/run/start_worker.ts");
  const program = `const next = (await import("${url}")).nextWorker(); next.prepare(); next.close();`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", program],
    signal: AbortSignal.timeout(60_000),
  }).output();
  equal(new TextDecoder().decode(stderr), "");
  equal(code, 0);
});
