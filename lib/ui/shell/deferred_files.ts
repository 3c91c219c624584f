/** The addresses of what a page fetches when it wants it: it may have to ask again, and only the build knows them. */
import * as z from "zod/mini";

/** Names the `<script type="application/json">` that holds them. */
export const DEFERRED_FILES_ID = "deferred-files";

/** By the base name of the source, e.g. `palette`. */
export const deferredFiles = z.record(z.string(), z.string());
