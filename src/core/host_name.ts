/** The name of this machine, for records and locks. @module */

/** The name of this machine; empty where permissions do not allow it. */
export function hostName(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : "";
}
