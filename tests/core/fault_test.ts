import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { faultsAt, faultText } from "../../src/core/fault.ts";

Deno.test("faultsAt() puts faults below a path, and faultText() reads as a sentence", () => {
  const faults = faultsAt("load.source", [{ path: "folder", message: 'must be a folder, got "a: b"' }]);
  deepEqual(faults, [{ path: "load.source.folder", message: 'must be a folder, got "a: b"' }]);
  deepEqual(faults.map(faultText), ['load.source.folder must be a folder, got "a: b"']);
  deepEqual(faultsAt("load", []), []);
});
