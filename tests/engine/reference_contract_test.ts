import { referenceEngine } from "../../src/engine/reference.ts";
import { engineContract } from "./contract.ts";

engineContract("reference", () => Promise.resolve(referenceEngine("f32")));
