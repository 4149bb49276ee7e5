/**
 * Plain data as YAML that readers of version 1.2 and of 1.1 take for the same: what one of them would take for something else
 * (`no`, `12:30`, `1e-7` as a text) is quoted or written so that it is none of them.
 *
 * https://yaml.org/spec/1.2.2, https://yaml.org/type (the types of 1.1).
 *
 * @module
 */

/** Plain data as a YAML document; `undefined` is left out. */
export function yaml(value: unknown): string {
  return `${lines(value).join("\n")}\n`;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** Whether a value needs lines of its own: an object, or a list that holds one. */
const isBlock = (value: unknown): value is Fields | readonly unknown[] =>
  isFields(value) ? Object.keys(value).length > 0 : Array.isArray(value) && value.some(isBlock);

function lines(value: unknown): string[] {
  if (!isBlock(value)) return [inline(value)];
  if (Array.isArray(value)) {
    return value.flatMap((item) => lines(item).map((line, place) => `${place === 0 ? "- " : "  "}${line}`));
  }
  return Object.entries(value).filter(([, field]) => field !== undefined).flatMap(([key, field]) =>
    isBlock(field)
      ? [`${scalarText(key)}:`, ...lines(field).map((line) => `  ${line}`)]
      : [`${scalarText(key)}: ${inline(field)}`]
  );
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (isFields(value)) return "{}";
  if (typeof value === "string") return scalarText(value);
  return typeof value === "number" ? numberText(value) : String(value ?? null);
}

/** In version 1.1 an exponent needs a fraction before it. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value < 0 ? "-.inf" : ".inf";
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}

/** Texts that need no quotes: none begins as a number or a sign does. */
const PLAIN = /^[A-Za-z_][\w./-]*( [\w./-]+)*$/;
/** Words that one of the versions takes for something else. */
const RESERVED = /^(y|yes|n|no|on|off|true|false|null)$/i;
// What JSON leaves as it is and YAML does not allow, or takes for the end of a line.
const ESCAPED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function scalarText(text: string): string {
  if (PLAIN.test(text) && !RESERVED.test(text)) return text;
  return JSON.stringify(text).replace(
    ESCAPED,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
