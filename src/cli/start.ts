/** Where every task starts: the program runs in a thread of its own, see `thread.ts`. @module */
import { runInThread } from "./thread.ts";

runInThread(new URL("./program_thread.ts", import.meta.url));
