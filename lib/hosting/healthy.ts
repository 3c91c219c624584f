/** Ends with 0 if the server in this container takes requests: what its image is asked for as a health check. */
const DEADLINE_MS = 5_000;

const port = Deno.env.get("PORT")?.trim() || "8000";
const healthz = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(DEADLINE_MS) }).catch(
  (error) => console.error(`${error}`),
);
Deno.exit(healthz?.ok ? 0 : 1);
