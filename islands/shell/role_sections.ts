/** Keeps the sections that only some roles have as my role is now. */
import { effect } from "@preact/signals";
import type { Chat } from "../../lib/client/stores/chat.ts";

const FETCH_MS = 10_000;

/** Whenever my role is another, asks for the page again and takes those sections from it. */
export function followRole(chat: Pick<Chat, "me">): void {
  let role = chat.me.role;
  effect(() => {
    if (chat.me.role === role) return;
    role = chat.me.role;
    fetchPage(renew);
  });
}

/** By `XMLHttpRequest`, which parses the document itself (Trusted Types). If it fails, the next page is right. */
function fetchPage(then: (page: Document) => void): void {
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.timeout = FETCH_MS;
  request.onload = () => request.status === 200 && request.responseXML && then(request.responseXML);
  request.send();
}

function renew(page: Document): void {
  // What can be done with people depends on my role. A link that was just made is shown only once, so it stays.
  for (const [id, isNew] of [["people", true], ["invites", false]] as const) {
    const [was, is] = [document.getElementById(id), page.getElementById(id)];
    if (!is) was?.remove();
    else if (!was) document.querySelector("main .col")?.append(is);
    else if (isNew) was.replaceWith(is);
  }
}
