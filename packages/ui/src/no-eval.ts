/**
 * To be imported before anything that makes schemas. The page's security policy forbids code made from text; the schema library would
 * try it once, and the browser would report that.
 */
import { config } from "zod";

config({ jitless: true });
