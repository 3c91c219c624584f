/** Cookies that describe this browser to the server, so that its next page is right from the first paint. */
const KEPT_S = 365 * 86_400;

/** Sets a cookie for every page. Does not read them first: the page waits for another process with that. */
export function keepCookie(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${KEPT_S}; SameSite=Lax${secure}`;
}

/** The room to come back to, under a name with the port: cookies know none, and another server has other rooms. */
export function keepLastRoom(room: string): void {
  keepCookie(`room_${location.port || (location.protocol === "https:" ? "443" : "80")}`, room);
}
