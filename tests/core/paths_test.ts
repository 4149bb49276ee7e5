import { rejects, strictEqual as equal } from "node:assert/strict";
import { isFileName, isInnerPath, makeInnerFolders } from "../../src/core/paths.ts";
import { withFolder } from "../run/temporary.ts";

Deno.test("isFileName() refuses names that lead elsewhere on any system, and names that no file system allows", () => {
  for (const name of ["a", "a b", "a..b", "...", ".hidden", "Läufe", "x".repeat(255)]) {
    equal(isFileName(name), true, name);
  }
  for (const name of ["", ".", "..", "a/b", "/a", "a\\b", "c:", "a\0", "a\nb", "ä".repeat(128)]) {
    equal(isFileName(name), false, JSON.stringify(name));
  }
});

Deno.test("isInnerPath() takes names with slashes between them and nothing else", () => {
  equal(isInnerPath("artifacts/model/a.bin"), true);
  for (const path of ["", "/etc/passwd", "../a", "a/../b", "a/..", "a//b", "a/", "./a", "a\\..\\b"]) {
    equal(isInnerPath(path), false, path);
  }
});

Deno.test("makeInnerFolders() makes folders below its root and refuses ways out, links included", async () => {
  await withFolder(async (folder) => {
    equal(await makeInnerFolders(folder, "a/b/c.txt"), `${folder}/a/b/c.txt`);
    equal((await Deno.stat(`${folder}/a/b`)).isDirectory, true);
    await makeInnerFolders(folder, "a/b/d.txt");
    await rejects(
      makeInnerFolders(folder, "../out.txt"),
      /must be names with "\/" between them, got "\.\.\/out\.txt"/,
    );
    await Deno.mkdir(`${folder}/elsewhere`);
    await Deno.symlink(`${folder}/elsewhere`, `${folder}/a/link`);
    await rejects(makeInnerFolders(folder, "a/link/x.txt"), /a\/link" must be a folder, got a link/);
    await Deno.symlink(folder, `${folder}/root`);
    equal(await makeInnerFolders(`${folder}/root`, "a/e.txt"), `${folder}/root/a/e.txt`);
  });
});
