import { nativeEngine } from "../../src/engine/native.ts";
import { engineContract } from "./contract.ts";

// Every graph by a session, however small; a second thread where a graph is large enough to be shared.
engineContract("native", () => nativeEngine({ threads: 2, sessionsFrom: 0 }));
