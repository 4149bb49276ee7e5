/** The entry point of every task: runs the program in its own thread, see `thread.ts`. @module */
import { runInThread } from "./thread.ts";

runInThread(new URL("./program_thread.ts", import.meta.url));
