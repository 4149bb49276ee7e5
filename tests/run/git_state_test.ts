import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { gitState } from "../../src/run/git_state.ts";
import { withFolder } from "./temporary.ts";

/** Runs git as its user would, in a repository of the test. */
async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.com",
    "-c",
    "commit.gpgSign=false",
  ];
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", folder, ...identity, ...args],
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  }).output();
  ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

async function repository(folder: string): Promise<string> {
  await git(folder, "init", "--quiet");
  await Deno.writeTextFile(`${folder}/a.txt`, "one\n");
  await Deno.writeTextFile(`${folder}/.gitattributes`, "* filter=evil diff=evil\n");
  await git(folder, "add", ".");
  await git(folder, "commit", "--quiet", "-m", "first");
  return await git(folder, "rev-parse", "HEAD");
}

Deno.test("gitState() is the commit and whether files differ from it, and undefined outside a repository", async () => {
  await withFolder(async (folder) => {
    equal(await gitState(folder), undefined);
    const commit = await repository(folder);
    deepEqual(await gitState(folder), { commit, dirty: false });
    await Deno.writeTextFile(`${folder}/a.txt`, "two\n");
    deepEqual(await gitState(folder), { commit, dirty: true });
  });
});

/** Creates a repository whose configuration names a program wherever git allows it. */
async function hostile(folder: string, program: string): Promise<void> {
  const settings = [
    ["core.fsmonitor", program],
    ["core.hooksPath", `${folder}/hooks`],
    ["core.pager", program],
    ["core.editor", program],
    ["core.sshCommand", program],
    ["core.askPass", program],
    ["pager.status", program],
    ["pager.rev-parse", program],
    ["alias.status", `!${program}`],
    ["alias.rev-parse", `!${program}`],
    ["diff.external", program],
    ["diff.evil.textconv", program],
    ["diff.evil.command", program],
    ["filter.evil.clean", program],
    ["filter.evil.smudge", program],
    ["filter.evil.required", "true"],
    ["gpg.program", program],
    ["log.showSignature", "true"],
    ["status.submoduleSummary", "true"],
    ["credential.helper", program],
    ["remote.origin.url", `ext::${program}`],
    ["protocol.ext.allow", "always"],
    ["remote.origin.promisor", "true"],
    ["remote.origin.uploadpack", program],
    ["extensions.partialClone", "origin"],
  ];
  for (const [key, value] of settings) await git(folder, "-c", "core.fsmonitor=false", "config", key, value);
  await Deno.mkdir(`${folder}/hooks`);
  for (const hook of ["post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman"]) {
    await Deno.copyFile(program, `${folder}/hooks/${hook}`);
    await Deno.chmod(`${folder}/hooks/${hook}`, 0o755);
  }
}

Deno.test({
  name: "gitState() starts no program that a repository's configuration names",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withFolder(async (folder) => {
      // Its path goes through shells: a folder without spaces.
      const programs = await Deno.makeTempDir();
      try {
        const evil = `${programs}/evil.sh`, trace = `${programs}/trace`;
        await Deno.writeTextFile(evil, `#!/bin/sh\necho "$0 $*" >> ${trace}\ncat\n`);
        await Deno.chmod(evil, 0o755);
        const commit = await repository(folder);
        await hostile(folder, evil);
        // Of the same length and another time, so that git has to read it.
        await Deno.writeTextFile(`${folder}/a.txt`, "two\n");
        await Deno.utime(`${folder}/a.txt`, 1, 1);

        await new Deno.Command("git", { args: ["-C", folder, "status"], stdout: "null", stderr: "null" })
          .output();
        ok((await Deno.readTextFile(trace)).length > 0, "a plain git status starts the program");
        await Deno.remove(trace);

        deepEqual(await gitState(folder), { commit, dirty: true });
        equal(await Deno.readTextFile(trace).catch(() => ""), "", "nothing was started");
      } finally {
        await Deno.remove(programs, { recursive: true });
      }
    });
  },
});
