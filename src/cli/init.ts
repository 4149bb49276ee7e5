/** `init FOLDER`: writes a project of one's own. @module */
import { dirname } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { messageOf, RunError, shortened, UsageError } from "../core/errors.ts";
import { typed } from "../core/typed_command.ts";
import { writeAll } from "./output.ts";

/** The command. */
export function initCommand(exit: (code: number) => void) {
  return new Command("init")
    .description("write a new project: a pipeline to start from, and all commands as tasks")
    .argument("<folder>", "a folder that is new or empty")
    .option(
      "--from <origin>",
      "where the project gets this program from: the folder of a checkout, or a published version " +
        "(default: this copy)",
    )
    .option("--debug", "show stack traces")
    .action(async (folder, { from }) => {
      const isNew = await prepare(folder);
      const [{ originOf }, { projectFiles }, { examplePictures }] = await Promise.all([
        import("./init/origin.ts"),
        import("./init/project_files.ts"),
        import("./init/example_pictures.ts"),
      ]);
      try {
        await write(folder, { ...projectFiles(await originOf(from, folder)), ...examplePictures() });
      } catch (thrown) {
        if (isNew) await Deno.remove(folder).catch(() => {});
        throw thrown;
      }
      writeAll(`${folder} is a new project:\n\n    cd ${folder}\n    ${typed("run pictures.ts")}\n`);
      exit(0);
    });
}

/** Makes the folder and returns whether it is new. @throws {UsageError} When it holds files: nothing is overwritten. */
async function prepare(folder: string): Promise<boolean> {
  try {
    const isNew = await Deno.stat(folder).then(() => false, () => true);
    await Deno.mkdir(folder, { recursive: true });
    // A new repository is fine.
    const found = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
      .filter((name) => name !== ".git");
    if (found.length === 0) return isNew;
    throw new UsageError(
      `"${folder}" must be a new or empty folder, got one with ${found.length} ` +
        `${found.length === 1 ? "entry" : "entries"} (${shortened(found.sort()[0])}; nothing was changed)`,
    );
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`"${folder}" must be a folder that can be written, got: ${messageOf(thrown)}`);
  }
}

/** Writes all files, or none. */
async function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const written: string[] = [];
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(dirname(path), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      written.push(path);
      await Deno.writeFile(path, bytes, { createNew: true });
    }
  } catch (thrown) {
    const folders = new Set(written.map(dirname));
    folders.delete(folder);
    for (const path of [...written, ...folders]) await Deno.remove(path).catch(() => {});
    throw new RunError(`"${folder}" must be writable and have room, got: ${messageOf(thrown)}`);
  }
}
