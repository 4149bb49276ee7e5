/** The version of this program, as deno.json has it. @module */
import config from "../../deno.json" with { type: "json" };

/** `major.minor.patch` */
export const version: string = config.version;
