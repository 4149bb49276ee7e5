/**
 * Secrets: addresses with a token in their path, passwords and keys. They are used by the run that gets them and written nowhere.
 *
 * @module
 */

/**
 * Options of the command line whose value is secret, each with the environment variable that can hold it instead. Every option that
 * takes an address belongs here: the command line declares one only by a name of this table.
 */
export const SECRET_OPTIONS = { "--webhook": "HOURGLASS_WEBHOOK" } as const;

/** An option whose value is secret. */
export type SecretOption = keyof typeof SECRET_OPTIONS;

/** The replacement of a secret. */
export const REDACTED = "[redacted]";

// The part of an address before its host (RFC 3986, 3.2.1), and parameters whose name says that they are a secret.
const USER_INFO = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>\\@]*(?:@[^\s/?#"'<>\\@]*)*@/gi;
const PARAMETER =
  /([?&](?:[\w.-]*[_.-])?(?:access_?key|api_?key|auth|credential|key|passw(?:or)?d|pwd|secret|sig|signature|token)=)[^&#\s"'<>\\]+/gi;

/** Secrets of this process, the longest first. */
let known: readonly string[] = [];
/** Parts of an address that are shorter than these may be ordinary words (`/train`), and stay when they stand alone. */
const SHORTEST_PART = 8, SHORTEST_SEGMENT = 16;

/** Takes a secret, an address as a rule: {@link redact} removes it, its password and its path from every text from now on. */
export function rememberSecret(value: string): void {
  const found = [value];
  if (URL.canParse(value)) {
    const url = new URL(value), bare = new URL(value), { password, pathname, search } = url;
    bare.username = bare.password = "";
    found.push(url.href, bare.href);
    const parts = [password, decoded(password), `${pathname}${search}`, pathname];
    found.push(...parts.filter(({ length }) => length >= SHORTEST_PART));
    found.push(...pathname.split("/").filter(({ length }) => length >= SHORTEST_SEGMENT));
  }
  known = [...new Set([...known, ...found])].filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text without the secrets of this process, and without user names, passwords and keys in any address. */
export function redact(text: string): string {
  let harmless = text;
  for (const secret of known) harmless = harmless.replaceAll(secret, REDACTED);
  // Most texts hold no address; events come by the thousand.
  if (!harmless.includes("://")) return harmless;
  return harmless.replace(USER_INFO, `$1${REDACTED}@`).replace(PARAMETER, `$1${REDACTED}`);
}

/** A copy of plain data in which every text went through {@link redact}. */
export function redactDeep<Value>(value: Value): Value {
  if (typeof value === "string") return redact(value) as Value;
  if (Array.isArray(value)) return value.map(redactDeep) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, redactDeep(inner)]),
  ) as Value;
}

/** The words of a command line without the values of secret options: `--webhook=[redacted]`. */
export function redactArguments(words: readonly string[]): string[] {
  return split(words).map(({ word, option }) =>
    option === undefined ? redact(word) : `${option}=${REDACTED}`
  );
}

/** A command line for another process: secret options leave it, and their values go into its environment. */
export function hideSecrets(words: readonly string[]): { words: string[]; env: Record<string, string> } {
  const parts = split(words), env: Record<string, string> = {};
  for (const { option, value } of parts) {
    if (option !== undefined && value !== undefined) env[SECRET_OPTIONS[option]] = value;
  }
  return { words: parts.filter(({ option }) => option === undefined).map(({ word }) => word), env };
}

interface Word {
  readonly word: string;
  /** Set for a secret option, whose value is no word of its own then. */
  readonly option?: SecretOption;
  readonly value?: string;
}

function split(words: readonly string[]): Word[] {
  const parts: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at], name = word.split("=", 1)[0];
    if (!isSecret(name)) parts.push({ word });
    else if (word !== name) parts.push({ word, option: name, value: word.slice(name.length + 1) });
    else parts.push({ word, option: name, value: words[++at] });
  }
  return parts;
}

function isSecret(name: string): name is SecretOption {
  return Object.hasOwn(SECRET_OPTIONS, name);
}
