/** The feed's own entry: its page loads nothing of the others', and they nothing of its. */
import { mount } from "./feed.tsx";

const root = document.querySelector<HTMLElement>("[data-island=feed]");
if (root) mount(root);
