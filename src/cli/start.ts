/** The entry point of every task: runs the program in its own thread, see `thread.ts`. @module */
import { runInThread } from "./thread.ts";

/** Commands that run pipelines in this process. */
const RUNNING = ["run", "sweep"];

runInThread(new URL("./program_thread.ts", import.meta.url), RUNNING.includes(Deno.args[0]));
