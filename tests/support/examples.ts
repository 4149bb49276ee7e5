/** The examples of the documents: blocks of code, and the commands in them for schedulers. @module */
import { ROOT } from "./program.ts";

/** A block of code of a document. */
export interface Example {
  /** `README.md` */
  readonly document: string;
  readonly text: string;
}

/** The documents that people read. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...[...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => `docs/${name}`).filter((name) =>
    name.endsWith(".md")
  ),
];

/** Indented and fenced blocks of all documents, without their indent. */
function examples(): Example[] {
  return DOCUMENTS.flatMap((document) => {
    const text = Deno.readTextFileSync(`${ROOT}${document}`);
    const fenced = [...text.matchAll(/^```\w*[^\n]*\n([\s\S]*?)^```/gm)].map(([, code]) => code);
    const indented = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/(?:^ {4}.*\n|^\n(?= {4}))+/gm);
    const blocks = [...fenced, ...[...indented].map(([code]) => code.replace(/^ {4}/gm, ""))];
    return blocks.map((code) => ({ document, text: code.trim() })).filter(({ text }) => text !== "");
  });
}

/** Workflows of GitHub Actions. */
export const workflows = (): Example[] => examples().filter(({ text }) => /^\s*runs-on:/m.test(text));

/** Files of GitLab CI. */
export const gitlabFiles = (): Example[] =>
  examples().filter(({ text }) => /^\s*script:/m.test(text) && !/runs-on:/.test(text));

/** Lines of a crontab: five fields and a command. */
export function cronLines(): { fields: string[]; command: string }[] {
  return examples().flatMap(({ text }) => text.split("\n")).flatMap((line) => {
    const found = /^((?:[\d*,/-]+\s+){5})(\S.*)$/.exec(line);
    return found === null ? [] : [{ fields: found[1].trim().split(/\s+/), command: found[2] }];
  });
}

/** Units of systemd by the name of their file. */
export function systemdUnits(): { file: string; text: string }[] {
  return examples().filter(({ text }) => /^\[(Service|Timer)\]/m.test(text)).flatMap(({ text }) =>
    text.split(/^(?=# \/)/m).map((unit) => ({
      file: /([^/\n]+)$/m.exec(unit.split("\n")[0])![1],
      text: unit,
    }))
  );
}
