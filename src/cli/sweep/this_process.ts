/** This process, as claims name it. @module */
import { hostName } from "../../core/host_name.ts";

/** The process and its machine, as far as permissions allow. */
export function thisProcess(): { pid: number; host: string } {
  return { pid: Deno.pid, host: hostName() };
}
