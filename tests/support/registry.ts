/** A registry of packages on this machine that speaks jsr.io's protocol as far as `deno publish` and `deno run` need it. @module */
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";

/** The published files, by their paths in the package. */
type Files = Map<string, Uint8Array<ArrayBuffer>>;

const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  ts: "text/typescript",
  tsx: "text/tsx",
  js: "text/javascript",
};

/** The files of a tar archive: POSIX headers, and long names as GNU writes them. */
function untar(tar: Uint8Array): Files {
  const files: Files = new Map();
  const text = (at: number, length: number) =>
    new TextDecoder().decode(tar.subarray(at, at + length)).replace(/\0.*$/s, "");
  let long: string | undefined;
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8) || 0, kind = String.fromCharCode(tar[at + 156]);
    const prefix = text(at + 345, 155), start = at + 512;
    if (kind === "L") long = text(start, size);
    else {
      const name = long ?? (prefix === "" ? "" : `${prefix}/`) + text(at, 100);
      files.set(`/${name.replace(/^\.?\//, "")}`, tar.slice(start, start + size));
      long = undefined;
    }
    at = start + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** Serves a registry while `use` runs; the environment variable JSR_URL makes Deno use it. */
export async function withRegistry(use: (address: string) => Promise<void>): Promise<void> {
  let files: Files = new Map(), version = "", exports: unknown;
  const json = (value: unknown, status = 200) => Response.json(value, { status });

  async function api(request: Request, { pathname, searchParams }: URL): Promise<Response> {
    if (request.method === "POST") {
      version = pathname.split("/").at(-1)!;
      files = untar(gunzipSync(await request.bytes()));
      exports = JSON.parse(new TextDecoder().decode(files.get(searchParams.get("config")!))).exports;
      return json({ id: "1", status: "success", error: null });
    }
    if (pathname.includes("/versions/") && !pathname.endsWith(`/${version}`)) {
      return json({ code: "packageVersionNotFound", message: "not published" }, 404);
    }
    return json({ scope: "hourglass", name: "hourglass", githubRepository: null, score: 100, version });
  }
  function manifest() {
    return Object.fromEntries([...files].map(([name, bytes]) => {
      const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
      return [name, { size: bytes.length, checksum }];
    }));
  }
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const url = new URL(request.url), { pathname } = url;
    if (pathname.startsWith("/api/")) return await api(request, url);
    if (pathname.endsWith("/meta.json")) {
      return json({ scope: "hourglass", name: "hourglass", latest: version, versions: { [version]: {} } });
    }
    if (pathname.endsWith("_meta.json")) return json({ manifest: manifest(), exports });
    const found = files.get(`/${pathname.split("/").slice(4).join("/")}`);
    const type = TYPES[pathname.split(".").at(-1)!] ?? "application/octet-stream";
    return found === undefined
      ? new Response("not found", { status: 404 })
      : new Response(found, { headers: { "content-type": type } });
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
    await forget(server.addr.port);
  }
}

/** Removes what Deno's cache keeps of the registry. */
async function forget(port: number): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { modulesCache } = JSON.parse(new TextDecoder().decode(stdout)) as { modulesCache: string };
  await Deno.remove(`${modulesCache}/http/127.0.0.1_PORT${port}`, { recursive: true }).catch(() => {});
}
