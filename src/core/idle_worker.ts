/** A thread that waits for a worker, see `threads.ts`: it loads the one that another thread starts in it, and passes messages on. @module */
import { messageOf } from "./errors.ts";
import { type FromThread, type Offer, offerThreads, type ToThread } from "./threads.ts";

self.onmessage = ({ data: { port, idle } }: MessageEvent<Offer>) => {
  self.onmessage = null;
  offerThreads(idle);
  const post = (message: FromThread) => port.postMessage(message);
  Object.defineProperty(self, "postMessage", { value: (given: unknown) => post({ given }) });
  // Messages that arrive while the module is loaded wait.
  let loading = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<ToThread>) => {
    if ("ends" in data) return self.close();
    if ("module" in data) {
      loading = import(data.module).catch((thrown) => post({ failed: messageOf(thrown) }));
      return;
    }
    void loading.then(() => self.dispatchEvent(new MessageEvent("message", { data: data.given })));
  };
};
