import { deepEqual } from "node:assert/strict";
import { decodingLog } from "../../src/data/picture_pool.ts";

Deno.test("decodingLog() logs the count, the speed of this process and the ETA, at most every five seconds", () => {
  let time = 0;
  const logged: string[] = [];
  const decoded = decodingLog(200_000, 1000, (text) => logged.push(text), () => time);
  for (time = 1000; time <= 12_000; time += 1000) decoded(3100);
  deepEqual(logged, [
    "Decoded 16,500 of 200,000 pictures, 3,100/s, ETA 1:00",
    "Decoded 32,000 of 200,000 pictures, 3,100/s, ETA 0:55",
  ]);
});
