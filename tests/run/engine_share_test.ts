import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { engineOfRank } from "../../src/run/ranks/engine_share.ts";

Deno.test("engineOfRank() limits the cores by which steps choose their threads, and sets no threads", () => {
  const cores = navigator.hardwareConcurrency, engine = { name: "native", threads: null, cores } as const;
  deepEqual(engineOfRank(engine, 1), engine);
  deepEqual(engineOfRank(engine, cores), { ...engine, cores: 1 });
  deepEqual(engineOfRank({ ...engine, threads: 3 }, 4 * cores), { ...engine, threads: 3, cores: 1 });
});
