/** Packages that are downloaded when they are reached. @module */

/** A package, or a file of one, with its version. */
export type PackageName = `npm:${string}`;

/**
 * Imports a package that no `import` declaration names, so that it is downloaded only when it is needed.
 *
 * The compiler accepts no name from the import map here: a published version has none, and publishing rewrites only imports that it can
 * follow.
 */
export function importPackage<Module = unknown>(name: PackageName): Promise<Module> {
  return import(name);
}

/** Imports a JSON file of a package, which downloads the package and runs none of its code. */
export async function importPackageJson<Content = unknown>(name: PackageName): Promise<Content> {
  return (await import(name, { with: { type: "json" } })).default;
}
