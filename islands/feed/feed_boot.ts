/** The feed's own entry point: its page shares no scripts with the others. */
import { mount } from "./feed.tsx";

const root = document.querySelector<HTMLElement>("[data-island=feed]");
if (root) mount(root);
