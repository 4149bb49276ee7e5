/** The other thread of a stop flag: requests a stop after the epoch as soon as it is released. @module */
import { stopFlag } from "../../src/run/stop.ts";

self.onmessage = ({ data: { memory, gate } }) => {
  const number = new Int32Array(gate), flag = stopFlag(memory);
  Atomics.store(number, 0, 1);
  while (Atomics.load(number, 0) !== 2);
  flag.ask({ exitCode: 124, after: "epoch", cause: "epochs" });
  self.postMessage("asked");
};
self.postMessage("ready");
