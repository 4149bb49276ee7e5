/**
 * The installed command, see README: starts each command in a process with exactly the permissions of its task. It runs in its own thread,
 * see `thread.ts`.
 *
 * @module
 */
import { runInThread } from "./thread.ts";

runInThread(new URL("./hourglass_thread.ts", import.meta.url));
