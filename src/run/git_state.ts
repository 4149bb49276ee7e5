/**
 * The commit of the folder a run was started in. A repository's own configuration can name programs that git starts (a file-system
 * monitor, hooks, filters, pagers, helpers of remotes); reading the commit must start none of them.
 *
 * @module
 */

/** The commit, and whether the working tree differs from it. */
export interface GitState {
  readonly commit: string;
  readonly dirty: boolean;
}

/** Settings that take the place of the repository's own, as `-c` would set them. */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.pager", "cat"],
  ["core.sshCommand", "false"],
  ["core.gitProxy", ""],
  ["core.askPass", "false"],
  ["core.editor", "false"],
  ["diff.external", ""],
  ["status.submoduleSummary", "false"],
  ["safe.bareRepository", "explicit"],
];

/** Variables that git needs to start on each system; nothing else of the environment reaches it. */
const PASSED = ["PATH", "HOME", "SystemRoot", "USERPROFILE", "TEMP", "TMPDIR"];

/** The state of a folder's repository; `undefined` outside one, and where git cannot be started. */
export async function gitState(folder = "."): Promise<GitState | undefined> {
  const commit = await git(folder, ["rev-parse", "--verify", "HEAD"], SETTINGS);
  if (commit === undefined) return undefined;
  const filters = await filterSettings(folder);
  if (filters === undefined) return undefined;
  // The state of a submodule's files would be read by a git process under the submodule's configuration: only its commit is compared.
  const status = await git(
    folder,
    ["status", "--porcelain", "--ignore-submodules=dirty"],
    [...SETTINGS, ...filters],
  );
  return status === undefined ? undefined : { commit: commit.trim(), dirty: status.trim() !== "" };
}

/** Turns off every filter that the configuration defines: git would pipe changed files through its program. */
async function filterSettings(folder: string): Promise<[string, string][] | undefined> {
  const listed = await git(folder, ["config", "--list", "--name-only", "-z"], SETTINGS);
  const names = listed?.split("\0").filter((name) => /^filter\..*\./is.test(name))
    .map((name) => name.slice("filter.".length, name.lastIndexOf(".")));
  return names && [...new Set(names)].flatMap((name): [string, string][] => [
    [`filter.${name}.clean`, ""],
    [`filter.${name}.smudge`, ""],
    [`filter.${name}.process`, ""],
    [`filter.${name}.required`, "false"],
  ]);
}

async function git(
  folder: string,
  args: readonly string[],
  settings: readonly (readonly [string, string])[],
): Promise<string | undefined> {
  const env: Record<string, string> = {
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: Deno.build.os === "windows" ? "NUL" : "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    // No transport has this name, so none is allowed: a partial clone would otherwise fetch missing objects.
    GIT_ALLOW_PROTOCOL: "none",
    GIT_CONFIG_COUNT: String(settings.length),
  };
  for (const name of PASSED) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  settings.forEach(([key, value], place) => {
    env[`GIT_CONFIG_KEY_${place}`] = key;
    env[`GIT_CONFIG_VALUE_${place}`] = value;
  });
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["--no-pager", ...args],
      cwd: folder,
      clearEnv: true,
      env,
      stdin: "null",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}
