import { ok, strictEqual as equal } from "node:assert/strict";
import { renderToString } from "ink";
import { Lines } from "../../src/ui/components/lines.tsx";
import { SafeText } from "../../src/ui/components/safe_text.tsx";
import { harmlessJson } from "../../src/ui/text/json.ts";
import { forTerminal } from "../../src/ui/text/text.ts";
import { paint } from "../../src/ui/terminal/theme.ts";

const EVIL = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202e\r";
const RED = paint(3, "bad", "red");

Deno.test("forTerminal() leaves colours where they are wanted, and line feeds, and nothing else that is obeyed", () => {
  equal(forTerminal("plain é 文 🙂\nsecond", false), "plain é 文 🙂\nsecond");
  equal(forTerminal(`a${EVIL}b\n${RED}`, true), `a b\n${RED}`);
  equal(forTerminal(`a${EVIL}b\n${RED}`, false), "a b\nred");
  equal(forTerminal("\x1b[31", true), "31", "a code that is cut off");
  equal(forTerminal("\x1b[2J\x1b[31mx\x1b[1A\x1b[0m", true), "\x1b[31mx\x1b[0m", "no code but colours");
  equal(
    forTerminal("\x1b]8;;\x1b[31mhttp://x\x07y", true),
    "8;;\x1b[31mhttp://x y",
    "a string around a code",
  );
});

Deno.test("SafeText and Lines keep escape sequences out of an Ink screen, colours aside", () => {
  const lines = renderToString(<Lines lines={[`a${EVIL}b`, RED]} width={20} />, { columns: 20 });
  equal(lines.trimEnd(), `a b\n${RED}`);
  const text = renderToString(<SafeText>{`a${EVIL}b`}</SafeText>, { columns: 20 });
  equal(text, "a b");
});

Deno.test("harmlessJson() is the same value to a program, and nothing to a terminal", () => {
  const value = { [EVIL]: [EVIL, "\u{e0001}\u2028", 1, null] };
  const text = harmlessJson(value);
  ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), text);
  equal(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
});
