import { match, ok, strictEqual as equal } from "node:assert/strict";
import xterm from "@xterm/headless";
import { onlyRun, readJson, ROOT, taskArguments, withRunsFolder } from "../support/program.ts";

/** `script` of util-linux gives a program a real pseudo-terminal; elsewhere this test says why it is skipped. */
const hasScript = await new Deno.Command("sh", {
  args: ["-c", "script --version"],
  stdout: "piped",
  stderr: "null",
}).output()
  .then(({ stdout }) => new TextDecoder().decode(stdout).includes("util-linux"), () => false);

const COLUMNS = 80, ROWS = 24;

/** A program in a terminal: what is on its screen, and a keyboard. */
interface Session {
  /** The lines on the screen, as a person sees them. */
  screen(): string[];
  /** Lines that scrolled away above the screen. */
  scrolled(): number;
  type(keys: string): Promise<void>;
  /** Waits until the screen shows something. */
  until(pattern: RegExp): Promise<void>;
  readonly exit: Promise<number>;
}

function open(args: readonly string[]): Session {
  const quoted = [Deno.execPath(), ...taskArguments("run"), ...args].map((word) => `'${word}'`).join(" ");
  const process = new Deno.Command("script", {
    args: ["-qefc", `stty rows ${ROWS} cols ${COLUMNS}; exec ${quoted}`, "/dev/null"],
    cwd: ROOT,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH")!,
      HOME: Deno.env.get("HOME")!,
      TERM: "xterm-256color",
      SHELL: "/bin/sh",
      ...cacheEnv(),
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const terminal = new xterm.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    allowProposedApi: true,
    scrollback: 1000,
  });
  const reading = (async () => {
    for await (const chunk of process.stdout) {
      await new Promise<void>((resolve) => terminal.write(chunk, resolve));
    }
  })();
  const keyboard = process.stdin.getWriter();
  const buffer = () => terminal.buffer.active;
  const screen = () =>
    Array.from(
      { length: ROWS },
      (_, row) => buffer().getLine(buffer().baseY + row)?.translateToString(true) ?? "",
    );
  return {
    screen,
    scrolled: () => buffer().baseY,
    type: (keys) => keyboard.write(new TextEncoder().encode(keys)),
    async until(pattern) {
      for (let tries = 0; tries < 400; tries++) {
        if (pattern.test(screen().join("\n"))) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`The screen did not show ${pattern} within 20 s:\n${screen().join("\n")}`);
    },
    exit: (async () => {
      const { code } = await process.status;
      await reading;
      await keyboard.close().catch(() => {});
      return code;
    })(),
  };
}

function cacheEnv(): Record<string, string> {
  const folder = Deno.env.get("DENO_DIR");
  return folder === undefined ? {} : { DENO_DIR: folder };
}

Deno.test({
  name: "run shows the dashboard in a terminal of 80x24, never scrolls, stops at Ctrl-C and leaves a summary",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (folder) => {
      const session = open([
        "pipelines/glyphs-dae.ts",
        "--runs",
        folder,
        "--set",
        "train.epochs=100000000",
        "--set",
        "train.patience=90000000",
      ]);
      await session.until(/epoch \d+/);
      await session.until(/waited \d+ of|waited [\d,]+ of/);
      await session.until(/[⠁-⣿]/);
      await session.until(/target/);
      match(session.screen()[0], /glyphs-dae/);
      equal(session.scrolled(), 0, "a frame never scrolls the terminal");
      await session.type("?");
      await session.until(/Ctrl-C/i);
      await session.type("?");
      await session.type("\x03");
      equal(await session.exit, 130);
      const left = session.screen().join("\n");
      match(left, /stopped/);
      match(left, new RegExp(folder));
      equal(readJson(`${onlyRun(folder, "glyphs-dae")}/run.json`).status, "stopped");
    });
  },
});

Deno.test({
  name: "run leaves a summary with the metrics in the normal screen at its end",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (folder) => {
      const session = open(["pipelines/glyphs-ae.ts", "--runs", folder, "--set", "train.epochs=200"]);
      equal(await session.exit, 0);
      const lines = session.screen();
      const text = lines.join("\n");
      match(text, /completed/);
      match(text, /worstWrongPixels/);
      ok(lines.every((line) => line.length <= COLUMNS));
      ok(!/[⠁-⣿]/.test(text), "the live frame is gone");
    });
  },
});
