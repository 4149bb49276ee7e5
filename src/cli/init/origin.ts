/** Where a new project gets this program from: this copy, another checkout, or a published version. @module */
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import ownLock from "../../../deno.lock" with { type: "text" };
import { messageOf, shortened, UsageError } from "../../core/errors.ts";
import { readSmallText } from "../../core/files.ts";
import { fromRoot, projectTasks, type Task } from "../tasks.ts";
import { version } from "../version.ts";
import type { Origin } from "./project_files.ts";

/** A published version: `jsr:@scope/name@1.2.3`. */
const PUBLISHED = /^jsr:@[\w-]+\/[\w-]+(@[\w.^~-]+)?$/;

/**
 * The origin that `--from` names.
 *
 * @param from A folder or a `jsr:` specifier. @default {this copy of the program}
 * @param project The project's folder, which exists.
 * @throws {UsageError} When it is neither.
 */
export async function originOf(from: string | undefined, project: string): Promise<Origin> {
  const root = fromRoot(".");
  if (from === undefined) {
    if (root.protocol === "file:") return await checkoutOrigin(fileURLToPath(root), project);
    return publishedOrigin(`jsr:${config.name}@${version}`);
  }
  if (PUBLISHED.test(from)) return publishedOrigin(from);
  if (/^(npm|jsr|https?|file):/.test(from)) {
    throw new UsageError(
      `--from must be a folder or a version like jsr:${config.name}@${version}, got "${shortened(from)}"`,
    );
  }
  return await checkoutOrigin(from, project);
}

/** A checkout: the project names its files relative to itself, so that both can move together. */
async function checkoutOrigin(folder: string, project: string): Promise<Origin> {
  const { tasks, lock, name } = await readCheckout(folder);
  const path = relative(await Deno.realPath(project), await Deno.realPath(folder)).replaceAll("\\", "/");
  // Deno's task shell has no way to write it inside of quotes.
  if (path.includes("'")) {
    throw new UsageError(
      `the path of "${folder}" must have no apostrophe to be used by tasks, got "${path}"`,
    );
  }
  const link = isAbsolute(path) || path.startsWith("../") ? path : `./${path}`;
  return { specifier: `jsr:${name}`, link, addressOf: (file) => `${link}/${file}`, tasks, lock };
}

async function readCheckout(folder: string) {
  try {
    const read = (file: string) => readSmallText(resolve(folder, file));
    const { name, tasks } = JSON.parse(await read("deno.json")) as {
      name: string;
      tasks: Record<string, Task>;
    };
    if (name !== config.name) throw new TypeError(`its deno.json has the name ${shortened(String(name))}`);
    return { name, tasks: projectTasks(tasks), lock: await read("deno.lock") };
  } catch (thrown) {
    throw new UsageError(
      `--from must be a checkout of ${config.name} or a version like jsr:${config.name}@${version}, got ` +
        `"${shortened(folder)}": ${messageOf(thrown)}`,
    );
  }
}

/** A published version brings the programs of tasks as exports of their own. */
function publishedOrigin(specifier: string): Origin {
  const exported = Object.entries(config.exports);
  return {
    specifier,
    addressOf: (file) => specifier + exported.find(([, path]) => path === `./${file}`)![0].slice(1),
    tasks: projectTasks(),
    lock: ownLock,
  };
}
