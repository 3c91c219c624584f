/** The entry of the pages beside rooms and feed: their sidebar lives, and what was made once can be copied. */
import { mount as mountCopy } from "../shared/copy.ts";
import { mount } from "./shell.tsx";

const root = document.querySelector<HTMLElement>("[data-island=shell]");
if (root) mount(root);
for (const field of document.querySelectorAll<HTMLElement>("[data-island=copy]")) mountCopy(field);
