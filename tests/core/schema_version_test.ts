import { strictEqual as equal } from "node:assert/strict";
import { otherVersion, otherVersionOf, SCHEMA, type SchemaName } from "../../src/core/schema_version.ts";

Deno.test("otherVersion() names the file, both versions and the remedy, for an older and for a newer version", () => {
  for (const [name, current] of Object.entries(SCHEMA) as [SchemaName, number][]) {
    equal(otherVersion(name, current, "runs/a"), undefined);
    const older = otherVersion(name, current - 1, "runs/a"),
      newer = otherVersion(name, current + 1, "runs/a");
    equal(older?.age, "older");
    equal(
      older.message.startsWith(`"runs/a" must have ${name} schema ${current}, got ${current - 1}: an older`),
      true,
    );
    equal(newer?.age, "newer");
    equal(
      newer.message,
      `"runs/a" must have ${name} schema ${current}, got ${
        current + 1
      }: a newer version wrote it (use that version)`,
    );
  }
});

Deno.test("otherVersion() takes what is no whole number for damage, not for a version", () => {
  for (const found of ["1", null, NaN, 1.5, {}, [], true]) equal(otherVersion("run", found, "f"), undefined);
  equal(otherVersion("run", undefined, "f"), undefined);
});

Deno.test("otherVersion() takes a file without a version for an older one where the first version had none", () => {
  equal(
    otherVersion("metrics", undefined, "f")?.message,
    `"f" must have metrics schema ${SCHEMA.metrics}, got none: an older version wrote it (its numbers are not used)`,
  );
});

Deno.test("otherVersionOf() reads the version from a field of an object, and finds none in other JSON", () => {
  equal(otherVersionOf("run", { schema: 99 }, "f")?.age, "newer");
  equal(otherVersionOf("metrics", { $version: 0 }, "f", "$version")?.age, "older");
  for (const content of [null, 99, "99", [99], {}]) equal(otherVersionOf("run", content, "f"), undefined);
});
