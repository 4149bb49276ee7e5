/** The version of this program, from deno.json. @module */
import config from "../../deno.json" with { type: "json" };

/** `major.minor.patch` */
export const version: string = config.version;
