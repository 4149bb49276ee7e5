import { strictEqual as equal } from "node:assert/strict";
import { warningBox } from "../../src/run/warning_box.ts";

Deno.test("warningBox() passes a warning to the other thread once, and keeps the first of two", () => {
  const box = warningBox(), other = warningBox(box.memory);
  equal(other.take(), undefined);
  box.put("Läufe: 数字");
  box.put("a second one");
  equal(other.take(), "Läufe: 数字");
  equal(other.take(), undefined);
  box.put("a third");
  equal(other.take(), "a third");
});

Deno.test("warningBox() cuts a long warning between two characters", () => {
  const box = warningBox();
  box.put(`x${"ü".repeat(5000)}`);
  equal(box.take(), `x${"ü".repeat(1023)}`);
});
