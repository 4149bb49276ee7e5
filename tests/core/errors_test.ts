import { ok, strictEqual as equal } from "node:assert/strict";
import { editDistance, messageOf, nearest, RunError, UsageError } from "../../src/core/errors.ts";

Deno.test("editDistance() counts letters inserted, deleted, replaced and swapped with their neighbour", () => {
  const distances: [from: string, to: string, distance: number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["epochs", "epochs", 0],
    ["epoch", "epochs", 1],
    ["epochs", "epocs", 1],
    ["epochs", "epachs", 1],
    ["patience", "pateince", 1],
    ["kitten", "sitting", 3],
    ["ab", "ba", 1],
    ["abcd", "badc", 2],
    ["flaw", "lawn", 2],
  ];
  for (const [from, to, distance] of distances) {
    equal(editDistance(from, to), distance, `${from} to ${to}`);
    equal(editDistance(to, from), distance, `${to} to ${from}`);
  }
});

Deno.test("nearest() finds the intended candidate", () => {
  const keys = ["epochs", "batchSize", "patience", "learningRate"];
  equal(nearest("pateince", keys), "patience");
  equal(nearest("epoch", keys), "epochs");
  equal(nearest("batchsize", keys), "batchSize");
  equal(nearest("learning_rate", keys), "learningRate");
  // Nothing of "x" is left in "0".
  equal(nearest("x", ["0", "1"]), undefined);
});

Deno.test("nearest() prefers the nearer of two, and the earlier of equals", () => {
  equal(nearest("trian", ["drain", "train"]), "train");
  equal(nearest("ba", ["bb", "bc"]), "bb");
});

Deno.test("nearest() is undefined when no candidate is near", () => {
  equal(nearest("momentum", ["epochs", "seed"]), undefined);
  equal(nearest("anything", []), undefined);
});

Deno.test("nearest() lets two letters of a short word differ, and a third of a long one", () => {
  equal(nearest("lrz", ["xyz"]), "xyz");
  equal(nearest("lr", ["abc"]), undefined);
  equal(nearest("abcdefghi", ["abcdefxyz"]), "abcdefxyz");
  equal(nearest("abcdefghi", ["abcdewxyz"]), undefined);
});

Deno.test("UsageError and RunError carry their name and exit code", () => {
  const usage = new UsageError("Cannot run"), run = new RunError("Cannot train");
  ok(usage instanceof Error && run instanceof Error);
  equal(`${usage} ${usage.exitCode}`, "UsageError: Cannot run 2");
  equal(`${run} ${run.exitCode}`, "RunError: Cannot train 1");
});

Deno.test("messageOf() turns anything thrown into one line", () => {
  equal(messageOf(new Error("Cannot read\n    the file")), "Cannot read the file");
  equal(messageOf("plain"), "plain");
  equal(messageOf(undefined), "undefined");
});
