/** This process, as claims name it. @module */

/** The process and its machine, as far as permissions allow. */
export function thisProcess(): { pid: number; host: string } {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return { pid: Deno.pid, host: state === "granted" ? Deno.hostname() : "" };
}
