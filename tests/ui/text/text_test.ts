import { countText, plural } from "../../../src/core/amounts.ts";
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  bar,
  brief,
  cut,
  displayWidth,
  duration,
  fitWidth,
  number,
  safe,
  took,
} from "../../../src/ui/text/text.ts";

const TABLE: [name: string, actual: unknown, expected: unknown][] = [
  ["safe leaves harmless text alone", safe("Grüße, 日本 ~"), "Grüße, 日本 ~"],
  ["safe drops whole escape sequences", safe("a\u001b[31mred\u001b[0m\u001b]8;;http://x\u0007b"), "aredb"],
  ["safe turns other control characters into one blank", safe("a\r\n\tb\u0000\u0085c"), "a b c"],
  ["safe drops a lone escape and the C1 form", safe("\u001b\u009b2J!"), "!"],
  ["safe drops characters that reverse the text or are not seen", safe("a\u202eb\u200bc"), "a b c"],
  ["safe drops half a surrogate pair", safe("a\ud800b"), "a b"],
  ["displayWidth counts wide characters twice and marks not at all", displayWidth("日本e\u0301▰"), 6],
  ["displayWidth does not count colours", displayWidth("\u001b[38;5;214m▰\u001b[39m"), 1],
  ["cut marks what was cut off", cut("abcdef", 4), "abc…"],
  ["cut never splits a wide character", cut("日本日本", 4), "日…"],
  ["cut leaves nothing where there is no space", cut("abc", 0), ""],
  ["fit fills up", fitWidth("ab", 4), "ab  "],
  ["fit fills up after a wide character that did not fit", displayWidth(fitWidth("日本日本", 4)), 4],
  ["countText separates thousands", countText(1234567.4), "1,234,567"],
  ["number keeps six digits", number(104.2134), "104.213"],
  ["number keeps whole numbers whole", number(10000), "10,000"],
  ["number separates thousands", number(13412.7), "13,413"],
  ["number keeps small numbers readable", number(0.012345), "0.01235"],
  ["number takes powers for tiny ones", number(0.0000123), "1.230e-5"],
  ["number takes powers for huge ones", number(1.5e12), "1.500e+12"],
  ["number keeps the sign", number(-104.5), "-104.500"],
  ["number says what is not finite", number(null), "not finite"],
  ["brief has four digits", brief(205.947), "205.9"],
  ["brief drops zeros at the end", brief(0.001), "0.001"],
  ["brief keeps zeros that count", brief(100), "100"],
  ["brief takes powers for tiny ones", brief(0.0000123), "1.2e-5"],
  ["duration is minutes and seconds", duration(62.4), "1:02"],
  ["duration is hours, minutes and seconds", duration(3723), "1:02:03"],
  ["duration rounds before it splits", duration(59.7), "1:00"],
  ["duration is never negative", duration(-3), "0:00"],
  ["took has hundredths below a second", took(0.314), "0.31 s"],
  ["took has milliseconds below a hundredth", took(0.0004), "0.40 ms"],
  ["took has tenths below ten seconds", took(3.94), "3.9 s"],
  ["took is a clock above", took(9.97), "0:10"],
  ["bar is empty at 0", bar(0, 4), "▱▱▱▱"],
  ["bar is not full before the end", bar(0.999, 4), "▰▰▰▱"],
  ["bar is full at the end", bar(1, 4), "▰▰▰▰"],
  ["bar takes what is not a number as empty", bar(NaN, 2), "▱▱"],
  ["plural has a form for one", [plural(1, "file"), plural(2000, "file")], ["1 file", "2,000 files"]],
];
for (const [name, actual, expected] of TABLE) Deno.test(name, () => deepEqual(actual, expected));

Deno.test("safe leaves no control character in anything", () => {
  for (let code = 0; code < 0x100; code++) {
    const text = safe(`a${String.fromCharCode(code)}b`);
    // deno-lint-ignore no-control-regex
    equal(/[\u0000-\u001f\u007f-\u009f]/.test(text), false, `code ${code}`);
  }
});
