import { strictEqual as equal } from "node:assert/strict";
import { hostName } from "../../src/core/host_name.ts";

Deno.test({
  name: "hostName() is the name of the machine",
  permissions: { sys: ["hostname"] },
  fn: () => equal(hostName(), Deno.hostname()),
});

Deno.test({
  name: "hostName() is empty where permissions do not allow it",
  permissions: { sys: false },
  fn: () => equal(hostName(), ""),
});
