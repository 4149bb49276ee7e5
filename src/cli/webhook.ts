/** Posts JSON; see `webhook_thread.ts`. Tries take a while, in which a signal must not open a port. @module */
import { runInThread } from "./thread.ts";

runInThread(new URL("./webhook_thread.ts", import.meta.url));
