import { loadEngine } from "../../src/engine/load.ts";
import { engineContract } from "./contract.ts";

engineContract("wasm", () => loadEngine("wasm"));
