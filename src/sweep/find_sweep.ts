/**
 * Finds the folder of a sweep that a command line names.
 *
 * @module
 */
import { statIfThere } from "../core/files.ts";
import { SWEEPS } from "../run/folder_name.ts";

/** The folder of a sweep at a path: the path itself, or the sweep in a folder of sweeps that was started last. `undefined`: neither. */
export async function findSweep(path: string): Promise<string | undefined> {
  const folder = path.replace(/(?<=.)\/+$/, "");
  if (startOf(folder) !== undefined) return folder;
  if (!folder.endsWith(SWEEPS)) return undefined;
  const found: { readonly folder: string; readonly time: number }[] = [];
  for (const { name } of await Array.fromAsync(Deno.readDir(folder)).catch(() => [])) {
    const inside = `${folder}/${name}`, time = startOf(inside);
    if (time !== undefined) found.push({ folder: inside, time });
  }
  return found.sort((a, b) => b.time - a.time)[0]?.folder;
}

/** When the plan of a sweep was written. */
function startOf(folder: string): number | undefined {
  try {
    const found = statIfThere(`${folder}/sweep.json`);
    return found?.isFile ? found.mtime?.getTime() ?? 0 : undefined;
  } catch {
    // The path leads through a file, or may not be read.
    return undefined;
  }
}
