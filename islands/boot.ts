/** Hydrates every `[data-island]` of the page, each with its own chunk. */
export interface IslandModule {
  /** `props` is the parsed `data-props`, or undefined. */
  mount(root: HTMLElement, props: unknown): void | Promise<void>;
}

const islands = new Map<string, () => Promise<IslandModule>>([
  ["room", () => import("./room/room.tsx")],
]);

for (const root of document.querySelectorAll<HTMLElement>("[data-island]")) void start(root);

async function start(root: HTMLElement): Promise<void> {
  const { island = "", props } = root.dataset;
  const module = await islands.get(island)?.();
  await module?.mount(root, props === undefined ? undefined : JSON.parse(props));
}
