import type { Engine } from "../../src/engine/engine.ts";
import { engineContract } from "./contract.ts";

const file = new URL("../../src/engine/wasm.ts", import.meta.url);
// Until the engine has landed there is nothing to judge.
const exists = await Deno.stat(file).then(() => true, () => false);

if (exists) {
  const { wasmEngine } = await import(file.href) as { wasmEngine: () => Promise<Engine> };
  engineContract("wasm", async () => await wasmEngine());
}
