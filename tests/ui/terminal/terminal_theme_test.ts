import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  askBackground,
  isAnswer,
  parseBackground,
  terminalColors,
  themeOf,
} from "../../../src/ui/terminal/terminal_theme.ts";
import { fakeTerminal, pause } from "../fake_terminal.ts";

const KIND = "\u001b[?62;22c";
const LIGHT = "\u001b]11;rgb:fdfd/f6f6/e3e3\u001b\\", DARK = "\u001b]11;rgb:1e/1e/1e\u0007";

/** A terminal that answers the question for its background with these words. */
function answering(words: string) {
  const terminal = fakeTerminal(80, 24), write = terminal.stdout.write.bind(terminal.stdout);
  terminal.stdout.write = ((text: string) => {
    if (text.includes("\u001b]11;?")) setTimeout(() => terminal.press(words), 5);
    return write(text);
  }) as typeof terminal.stdout.write;
  return terminal;
}
const xterm = { TERM: "xterm-256color" };

Deno.test("terminalColors prefers the terminal's answer to the environment", async () => {
  const colors = (words: string) =>
    terminalColors({
      theme: "auto",
      env: { ...xterm, COLORFGBG: "15;0" },
      isTerminal: true,
      ask: answering(words),
    });
  deepEqual(await colors(LIGHT + KIND), { depth: 2, theme: "light" });
  deepEqual(await colors(DARK + KIND), { depth: 2, theme: "dark" });
  deepEqual(await colors(KIND), { depth: 2, theme: "dark" }, "it does not know: then COLORFGBG does");
});

Deno.test("terminalColors sends no query with --theme, without colours, or where no keys are read", async () => {
  const terminal = answering(LIGHT + KIND);
  const common = { env: xterm, isTerminal: true, ask: terminal } as const;
  deepEqual(await terminalColors({ ...common, theme: "dark" }), { depth: 2, theme: "dark" });
  equal(await terminalColors({ ...common, theme: "auto", env: { ...xterm, NO_COLOR: "1" } }), 0);
  deepEqual(await terminalColors({ ...common, theme: "auto", ask: undefined }), {
    depth: 2,
    theme: "either",
  });
  equal(terminal.written(), "");
});

Deno.test("themeOf reads COLORFGBG, recognises consoles, and takes colours for both otherwise", () => {
  const cases: [string, string | undefined, string][] = [
    ["15;0", undefined, "dark"],
    ["0;15", undefined, "light"],
    ["0;default;15", undefined, "light"],
    ["0;7", undefined, "light"],
    ["7;8", undefined, "dark"],
    ["12;default", undefined, "either"],
    ["", "linux", "dark"],
    ["", "xterm", "either"],
  ];
  for (const [COLORFGBG, TERM, theme] of cases) equal(themeOf({ COLORFGBG, TERM }), theme, COLORFGBG);
});

Deno.test("askBackground gives keys back that were typed meanwhile, and leaves the stream to the screen", async () => {
  const terminal = answering(`q${LIGHT}d${KIND}s`);
  deepEqual((await askBackground(terminal))!.map((part) => Math.round(255 * part)), [0xfd, 0xf6, 0xe3]);
  let keys = "";
  terminal.stdin.on("readable", () => {
    for (let chunk = terminal.stdin.read(); chunk !== null; chunk = terminal.stdin.read()) keys += chunk;
  });
  terminal.press("!");
  await pause(20);
  equal(keys, "qds!");
});

Deno.test("askBackground times out after a second without an answer", async () => {
  equal(await askBackground(answering("")), undefined);
});

Deno.test("parseBackground reads one to four digits a part, and nothing else", () => {
  deepEqual(parseBackground("\u001b]11;rgb:f/0/8\u0007"), [1, 0, 8 / 15]);
  deepEqual(parseBackground("\u001b]11;rgba:ffff/0000/8000/ffff\u001b\\")!.slice(0, 2), [1, 0]);
  equal(parseBackground("\u001b]11;?\u0007"), undefined);
  equal(parseBackground("rgb:f/0/8"), undefined);
});

Deno.test("isAnswer recognises late answers of a terminal, which are not keys", () => {
  for (const late of ["]11;rgb:dddd/dddd/dddd", LIGHT, "[?62;22c", "\u001b[?6c"]) {
    equal(isAnswer(late), true, late);
  }
  for (const key of ["q", "[", "]", "11", "s", "", "{"]) equal(isAnswer(key), false, key);
});
