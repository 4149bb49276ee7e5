import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { cyclesIn } from "./cycles.ts";
import { parseModule } from "./source_modules.ts";

Deno.test("parseModule() finds each form of import and export", () => {
  const { imports, exports } = parseModule(
    "src/a/b.ts",
    `import one, { type Two, three as four } from "./c.ts";
import * as all from "../d.ts";
import type { Five } from "zod";
import "./effect.ts";
export { six, seven as eight } from "./e.ts";
// export const commented = import("./none.ts");
const late = await import("./late.tsx"), worker = new URL("./worker.ts", import.meta.url);
export async function nine(): Promise<void> {}
export interface Ten { readonly from: string }
export const eleven = 11;
`,
  );
  deepEqual(imports.map(({ from, name, isText }) => `${from} ${name}${isText ? " text" : ""}`), [
    "src/a/c.ts default",
    "src/a/c.ts Two",
    "src/a/c.ts three",
    "src/d.ts *",
    "zod Five",
    "src/a/e.ts six",
    "src/a/e.ts seven",
    "src/a/effect.ts *",
    "src/a/late.tsx *",
    "src/a/worker.ts * text",
  ]);
  deepEqual([...exports].sort(), ["Ten", "eight", "eleven", "nine", "six"]);
});

Deno.test("cyclesIn() finds all nodes of each cycle, and none where there is none", () => {
  const edges = (text: string) =>
    new Map(text.split(" ").map((part) => [part[0], [...part.slice(1)]] as [string, string[]]));
  deepEqual(cyclesIn(edges("abc bc c")), []);
  deepEqual(cyclesIn(edges("ab ba c")), [["a", "b"]]);
  deepEqual(cyclesIn(edges("ab bc ca de ed fd")), [["a", "b", "c"], ["d", "e"]]);
});
