import { match, ok, strictEqual as equal } from "node:assert/strict";
import { folderName, SWEEPS } from "../../src/run/folder_name.ts";

Deno.test("folderName() is the name itself where every file system keeps it distinct", () => {
  for (const name of ["mnist-vae", "glyphs_ae", "v1.2", "7", "a".repeat(80)]) equal(folderName(name), name);
});

// As APFS, NTFS and ext4 with casefold compare names.
const folded = (name: string) => name.normalize("NFKD").toUpperCase().toLowerCase().replace(/[. ]+$/, "");

Deno.test("folderName() gives no two names the same folder, whatever names a file system treats as equal", () => {
  const names = [
    "a b",
    "a-b",
    "A-B",
    "A b",
    "a  b",
    "a--b",
    "straße",
    "strasse",
    "Straße",
    "ﬁne",
    "fine",
    "Å",
    "\u212B",
  ];
  names.push("a.", "a", "a ", "a..", "K", "\u212A", "k", "x.sweep", "x", "가", "\u1100\u1161");
  const folders = names.flatMap((name) => [folderName(name), `${folderName(name)}${SWEEPS}`]);
  equal(new Set(folders.map(folded)).size, folders.length);
});

Deno.test("folderName() hides no run and fits every file system", () => {
  for (
    const name of [
      "comparisons",
      "x.sweep",
      "x.tmp",
      "x.lock",
      "con",
      "nul.txt",
      "COM1",
      "a.",
      "字".repeat(80),
      "𝒜".repeat(80),
    ]
  ) {
    const folder = folderName(name);
    ok(!folder.startsWith(".") && !/\.(sweep|tmp|lock)$/.test(folder), folder);
    match(folder, /~[0-9a-f]{12}$/);
    ok(new TextEncoder().encode(`${folder}${SWEEPS}`).length < 255, folder);
  }
});
