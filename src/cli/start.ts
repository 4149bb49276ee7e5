/** The entry point of every task: runs the program in its own thread, see `thread.ts`. @module */
import { runInThread } from "./thread.ts";

/** Commands that run pipelines in this process, and options with which they do not. */
const RUNNING = ["run", "sweep"], NOT_RUNNING = ["--list", "--emit", "--detach", "--help", "-h"];

const [command, ...options] = Deno.args;
runInThread(
  new URL("./program_thread.ts", import.meta.url),
  RUNNING.includes(command) && !options.some((option) => NOT_RUNNING.includes(option.split("=")[0])),
);
