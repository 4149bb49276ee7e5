/** The worker side of a checkpoint port: saves as a test requests, without returning to the event loop. @module */
import { messageOf } from "../../src/core/errors.ts";
import { checkpointPort } from "../../src/run/checkpoint_port.ts";

self.onmessage = ({ data: { port, saves, isFlushBroken = false } }) => {
  let flushes = 0;
  const opened = checkpointPort({
    port,
    post: (checkpoint) => self.postMessage({ checkpoint }),
    flushEvents() {
      if (isFlushBroken && ++flushes === 1) throw new Error("no room");
      return 77;
    },
  });
  const { save } = opened.of({ name: "train", key: "k" }, { everyMinutes: null, everyEpochs: null });
  const errors: string[] = [];
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (thrown) {
      errors.push(messageOf(thrown));
    }
  };
  for (let round = 1; round <= saves; round++) {
    const data = new Float32Array(1000).fill(round);
    attempt(() => save({ round }, [{ name: "a", data }, { name: "b", data: Float32Array.of(-round) }]));
    // The arrays may be changed as soon as save() returns.
    data.fill(-1);
  }
  attempt(() => opened.settle());
  self.postMessage({ errors });
};
self.postMessage("ready");
