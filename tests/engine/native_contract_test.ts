import { loadEngine } from "../../src/engine/load.ts";
import { engineContract } from "./contract.ts";

engineContract("native", () => loadEngine("native"));
