import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { chooseScreen, type UiName } from "../../src/ui/choose.ts";
import { colorLevel, type Environment } from "../../src/ui/terminal/environment.ts";
import { LOCKED } from "../support/program.ts";

const SCREENS: [name: string, ui: UiName, isTerminal: boolean, env: Environment, screen: string][] = [
  ["shows the dashboard on a terminal", "auto", true, { TERM: "xterm-256color" }, "tui"],
  ["writes lines into a pipe", "auto", false, { TERM: "xterm-256color" }, "plain"],
  ["writes lines on a dumb terminal", "auto", true, { TERM: "dumb" }, "plain"],
  ["writes lines in CI", "auto", true, { TERM: "xterm", CI: "true" }, "plain"],
  ["takes CI=false at its word", "auto", true, { TERM: "xterm", CI: "false" }, "tui"],
  ["obeys tui anywhere", "tui", false, { CI: "1" }, "tui"],
  ["obeys json", "json", true, {}, "json"],
  ["obeys off", "off", true, {}, "off"],
];
for (const [name, ui, isTerminal, env, screen] of SCREENS) {
  Deno.test(`chooseScreen ${name}`, () => equal(chooseScreen(ui, { isTerminal, env }), screen));
}

const LEVELS: [name: string, env: Environment, isTerminal: boolean, level: number][] = [
  ["gives a pipe none", { TERM: "xterm-256color" }, false, 0],
  ["gives a plain terminal 16", { TERM: "linux" }, true, 1],
  ["gives 256 where TERM says so", { TERM: "xterm-256color" }, true, 2],
  ["gives all where COLORTERM says so", { TERM: "xterm", COLORTERM: "truecolor" }, true, 3],
  ["gives a dumb terminal none", { TERM: "dumb", COLORTERM: "truecolor" }, true, 0],
  ["obeys NO_COLOR", { TERM: "xterm", NO_COLOR: "1" }, true, 0],
  ["takes an empty NO_COLOR for unset", { TERM: "xterm-256color", NO_COLOR: "" }, true, 2],
  ["obeys FORCE_COLOR in a pipe", { FORCE_COLOR: "1" }, false, 1],
  ["obeys a level in FORCE_COLOR", { TERM: "dumb", FORCE_COLOR: "3" }, false, 3],
  ["takes FORCE_COLOR=0 for none", { TERM: "xterm", FORCE_COLOR: "0" }, true, 0],
  [
    "lets FORCE_COLOR win over NO_COLOR",
    { TERM: "xterm-256color", FORCE_COLOR: "", NO_COLOR: "1" },
    false,
    2,
  ],
];
for (const [name, env, isTerminal, level] of LEVELS) {
  Deno.test(`colorLevel ${name}`, () => equal(colorLevel(env, isTerminal), level));
}

Deno.test("startScreen loads neither ink nor react for plain lines", async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...LOCKED, new URL("../../src/ui/plain_log/plain.ts", import.meta.url).pathname],
    stdout: "piped",
    stderr: "null",
  });
  const { roots, modules } = JSON.parse(new TextDecoder().decode((await command.output()).stdout)) as {
    roots: string[];
    modules: {
      specifier: string;
      dependencies?: { specifier: string; code?: { specifier: string }; isDynamic?: boolean }[];
    }[];
  };
  // Types are not loaded, and what is imported dynamically is loaded when it is reached.
  const loaded = new Set(roots);
  for (const specifier of loaded) {
    const { dependencies = [] } = modules.find((module) => module.specifier === specifier) ?? {};
    for (const { code, isDynamic } of dependencies) if (code && !isDynamic) loaded.add(code.specifier);
  }
  deepEqual([...loaded].filter((specifier) => /ink@|react@|npm:ink|npm:react|dashboard/.test(specifier)), []);
  equal(loaded.size > 3, true);
});
