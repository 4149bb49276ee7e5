import { ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, withRunsFolder } from "../support/program.ts";

/** cron's bare environment: a home and a short path, no terminal, nothing to read. */
function asCron(command: string): Promise<Deno.CommandOutput> {
  const cache = Deno.env.get("DENO_DIR");
  return new Deno.Command("sh", {
    args: ["-c", `cd '${ROOT}' && ${command} </dev/null`],
    clearEnv: true,
    env: {
      HOME: Deno.env.get("HOME")!,
      PATH: "/usr/bin:/bin",
      ...(cache === undefined ? {} : { DENO_DIR: cache }),
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
}

Deno.test({
  name:
    "run under cron's bare environment exits 0 and leaves a log without escape sequences and carriage returns",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withRunsFolder(async (folder) => {
      const args = glyphsArguments(folder, "train.epochs=40").filter((word) => !/^--ui$|^plain$/.test(word));
      const words = args.map((word) => `'${word}'`).join(" ");
      const { code, stdout, stderr } = await asCron(`'${Deno.execPath()}' task --quiet run ${words}`);
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      equal(code, 0, said);
      // deno-lint-ignore no-control-regex -- looks for what must not be there.
      ok(!/[\r\x1b]/.test(said), JSON.stringify(said));
      equal(readJson(`${onlyRun(folder, GLYPHS)}/run.json`).status, "completed");
      // With its webhook and its runner: deno itself is on no path here.
      const more = await asCron(
        `'${Deno.execPath()}' task --quiet run ${words} --webhook http://127.0.0.1:9/ --detach`,
      );
      equal(more.code, 0, new TextDecoder().decode(more.stderr));
    });
  },
});
