import { tfjsEngine } from "../../src/engine/tfjs.ts";
import { engineContract } from "./contract.ts";

engineContract("tfjs", tfjsEngine);
