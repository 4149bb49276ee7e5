/** A terminal in memory, that can be read and resized, and whose keys can be pressed. @module */
import { PassThrough, Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import xterm from "@xterm/headless";

/** The terminal. */
export function fakeTerminal(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  let bytes = 0, written = "";
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        bytes += chunk.length;
        written += String(chunk);
        // As the kernel does: a line feed also returns.
        terminal.write(String(chunk).replaceAll("\n", "\r\n"), done);
      },
    }),
    { columns, rows, isTTY: true },
  );
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} });
  return {
    stdout: stdout as unknown as WriteStream,
    stdin: stdin as unknown as ReadStream,
    press: (keys: string) => stdin.write(keys),
    bytes: () => bytes,
    /** All that was written. */
    written: () => written,
    scrolled: () => terminal.buffer.active.baseY,
    lines() {
      const { active } = terminal.buffer;
      const all = Array.from(
        { length: active.length },
        (_, line) => active.getLine(line)!.translateToString(true),
      );
      return all.join("\n").trimEnd().split("\n");
    },
    resize(columns: number, rows: number) {
      terminal.resize(columns, rows);
      Object.assign(stdout, { columns, rows });
      stdout.emit("resize");
    },
  };
}
/** Waits. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Waits until a line of the terminal holds the text. */
export async function shown(terminal: ReturnType<typeof fakeTerminal>, text: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (terminal.lines().some((line) => line.includes(text))) return;
    await pause(20);
  }
  throw new Error(`"${text}" was not shown:\n${terminal.lines().join("\n")}`);
}
