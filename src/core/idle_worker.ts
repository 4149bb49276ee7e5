/** A thread that waits for a worker, see `threads.ts`. @module */
import { waitForWorker } from "./threads.ts";

waitForWorker();
