/**
 * HTML in which no text from data can become markup: a tagged template that escapes everything that is not HTML already.
 *
 * @module
 */

/** Escaped markup. Made by {@link html} and {@link raw} alone. */
export interface Html {
  readonly markup: string;
}

/** A value of the template; lists are joined, and missing or false values are left out. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters, marks that turn the direction of text, invisible characters, and halves of surrogate pairs. */
const UNSEEN =
  // deno-lint-ignore no-control-regex -- the pattern matches them.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|\p{Surrogate}/gu;

/** Text in which every character is visible: an invisible one is written as its code, `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

/** Text as HTML text or as a value in quotes. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Trusted markup, unescaped: a plot, a style sheet, a script of this project. */
export function raw(markup: string): Html {
  return { markup };
}

/** A value as JSON that is safe in a script element: it contains no `<` and no line separator. */
export function scriptJson(value: unknown): Html {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return raw(text);
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (typeof content === "string") return escapeHtml(content);
  if (typeof content === "number") return String(content);
  return "markup" in content ? content.markup : content.map(render).join("");
}

/** HTML with its values filled in; attributes must be in double quotes. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return raw(parts.map((part, at) => part + (at < contents.length ? render(contents[at]) : "")).join(""));
}
