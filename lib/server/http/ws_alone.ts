/**
 * To be imported before `ws`, which looks for a package of native helpers as it is loaded, unless it is told not to: we
 * don't have it, and looking up the folders for it takes a permission that the server is not given.
 */
Deno.env.set("WS_NO_BUFFER_UTIL", "1");
