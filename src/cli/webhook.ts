/** Posts JSON; see `webhook_thread.ts`. Attempts take a while, during which a signal must not open a debugger port. @module */
import { runInThread } from "./thread.ts";

runInThread(new URL("./webhook_thread.ts", import.meta.url));
