// deno-lint-ignore-file no-console -- a bench prints.
/** Output of benches. @module */

/** Logs a bench's progress to standard error: standard output is for its results. */
export function note(text: string): void {
  console.error(text);
}

/** Prints a result. */
export function show(text: string): void {
  console.log(text);
}

/** The processor's name, as the system has it. */
export function processor(): string {
  try {
    const found = /^model name\s*:\s*(.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
    return found ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

/** The machine and the day, for the head of a table. */
export function circumstances(): string {
  const cores = navigator.hardwareConcurrency;
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${processor()}, ${cores} cores, ${Deno.build.os} ${Deno.build.arch}, Deno ${Deno.version.deno}`;
}

/** A table in Markdown; numbers are right-aligned. */
export function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, at) => at === 0 ? "---" : "---:");
  return [row(head), row(rule), ...lines.map(row)].join("\n");
}
