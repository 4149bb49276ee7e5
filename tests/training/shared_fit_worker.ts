/** One worker of a shared training. @module */
import { messageOf } from "../../src/core/errors.ts";
import { runShared, type SharedTiny } from "./shared_fit.ts";

self.onmessage = async ({ data }: MessageEvent<SharedTiny>) => {
  try {
    self.postMessage(await runShared(data));
  } catch (thrown) {
    self.postMessage({ thrown: messageOf(thrown) });
  }
};
// A message before the modules are loaded would be lost.
self.postMessage("ready");
