import { match, ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, readJson, withRunsFolder } from "../support/program.ts";
import { hasScript, openTerminal } from "../support/terminal.ts";

Deno.test({
  name: "run shows the dashboard in a terminal of 80x24, never scrolls, stops at Ctrl-C and leaves a summary",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (folder) => {
      const session = openTerminal("run", [
        "pipelines/glyphs-dae.ts",
        "--runs",
        folder,
        "--set",
        "train.epochs=100000000",
        "--set",
        "train.patience=90000000",
      ]);
      await session.until(/epoch \d+/);
      await session.until(/(no improvement|patience) (for )?[\d,]+ of/);
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
      const session = openTerminal("run", [
        "pipelines/glyphs-ae.ts",
        "--runs",
        folder,
        "--set",
        "train.epochs=200",
      ]);
      equal(await session.exit, 0);
      const lines = session.screen();
      const text = lines.join("\n");
      match(text, /completed/);
      match(text, /worstWrongPixels/);
      ok(lines.every((line) => line.length <= 80));
      ok(!/[⠁-⣿]/.test(text), "the live frame is gone");
    });
  },
});
