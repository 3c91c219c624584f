/**
 * Import this before `ws`. Unless a variable forbids it, `ws` looks for a package of native helpers as it loads: we
 * don't have that package, and looking for it takes a permission that the server does not have.
 */
Deno.env.set("WS_NO_BUFFER_UTIL", "1");
