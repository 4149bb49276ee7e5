/** The second thread of the optimizer's pass: waits, works, says so. @module */
import { instantiate } from "./kernels.ts";
import { CONTROL, type HelperOrder } from "./update_helper.ts";
import { runPass } from "./update_pass.ts";

self.onmessage = ({ data: { module, memory, places, control: shared } }: MessageEvent<HelperOrder>) => {
  const kernels = instantiate(module, memory), control = new Int32Array(shared);
  Atomics.store(control, CONTROL.ready, 1);
  for (let seen = 0; Atomics.load(control, CONTROL.end) === 0;) {
    Atomics.wait(control, CONTROL.asked, seen);
    const asked = Atomics.load(control, CONTROL.asked);
    if (asked === seen || Atomics.load(control, CONTROL.end) === 1) continue;
    seen = asked;
    const { pass, nesterov, first, length } = CONTROL;
    runPass(kernels, places, control[pass], control[nesterov], control[first], control[length]);
    Atomics.store(control, CONTROL.done, seen);
    Atomics.notify(control, CONTROL.done);
  }
  self.close();
};
