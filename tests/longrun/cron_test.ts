import { ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, withRunsFolder } from "../support/program.ts";

/** A PATH with a shell and nothing else: neither Deno nor git. */
async function withBarePath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink("/bin/sh", `${folder}/sh`);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** cron's bare environment: a home and a short path, no terminal, nothing to read; NO_COLOR is not set. */
function asCron(path: string, command: string): Promise<Deno.CommandOutput> {
  const cache = Deno.env.get("DENO_DIR");
  return new Deno.Command("/bin/sh", {
    args: ["-c", `cd '${ROOT}' && ${command} </dev/null`],
    clearEnv: true,
    env: {
      HOME: Deno.env.get("HOME")!,
      PATH: path,
      ...(cache === undefined ? {} : { DENO_DIR: cache }),
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
}

/** A server that counts what is posted to it. */
async function withHook(use: (url: string, posted: string[]) => Promise<void>): Promise<void> {
  const posted: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    posted.push((await request.json()).status);
    return new Response();
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}/hook`, posted);
  } finally {
    await server.shutdown();
  }
}

const textOf = ({ stdout, stderr }: Deno.CommandOutput) =>
  new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);

Deno.test({
  name:
    "run under cron, with neither Deno nor git on the PATH, exits 0, posts its end and leaves a log without escape sequences",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withBarePath((path) =>
      withHook((url, posted) =>
        withRunsFolder(async (folder) => {
          const args = glyphsArguments(folder, "train.epochs=40").filter((word) =>
            !/^--ui$|^plain$/.test(word)
          );
          const words = [...args, "--webhook", url].map((word) => `'${word}'`).join(" ");
          const output = await asCron(path, `'${Deno.execPath()}' task --quiet run ${words}`),
            log = textOf(output);
          equal(output.code, 0, log);
          // deno-lint-ignore no-control-regex -- looks for what must not be there.
          ok(!/[\r\x1b]|Failed to resolve|warning/i.test(log), JSON.stringify(log));
          equal(readJson(`${onlyRun(folder, GLYPHS)}/run.json`).status, "completed");
          equal(posted.join(), "completed");
        })
      )
    );
  },
});

Deno.test({
  name: "run --detach starts Deno by its own path: it needs none on the PATH",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withBarePath((path) =>
      withHook((url, posted) =>
        withRunsFolder(async (folder) => {
          const args = glyphsArguments(folder, "train.epochs=40");
          const words = [...args, "--detach", "--webhook", url].map((word) => `'${word}'`).join(" ");
          const output = await asCron(path, `'${Deno.execPath()}' task --quiet run ${words}`);
          equal(output.code, 0, textOf(output));
          for (let tries = 0; tries < 600 && posted.length === 0; tries++) {
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          equal(posted.join(), "completed", "the run in the background posts its end within 30 s");
          equal(readJson(`${onlyRun(folder, GLYPHS)}/run.json`).status, "completed");
        })
      )
    );
  },
});
