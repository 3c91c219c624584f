/** Icons: 20 units square, strokes of 1.5 with round ends. Each page carries all once, so that none appears late. */
import type { JSX } from "preact";

export const icons = {
  hash: <path d="M7.5 3.5l-2 13M14.5 3.5l-2 13M3.5 7.5h13.5M3 12.5h13.5" />,
  lock: (
    <>
      <rect x="4.5" y="9" width="11" height="7.5" rx="2" />
      <path d="M7 9V6.5a3 3 0 016 0V9" />
    </>
  ),
  search: (
    <>
      <circle cx="9" cy="9" r="5" />
      <path d="M13 13l3.5 3.5" />
    </>
  ),
  bell: (
    <path d="M10 3a4.5 4.5 0 00-4.5 4.5c0 4-1.5 5-1.5 6h12c0-1-1.5-2-1.5-6A4.5 4.5 0 0010 3zM8.5 16a1.7 1.7 0 003 0" />
  ),
  "bell-at": (
    <>
      <path d="M12.5 3.8A4.5 4.5 0 005.5 7.5c0 4-1.5 5-1.5 6h12c0-.7-.8-1.4-1.2-3.2M8.5 16a1.7 1.7 0 003 0" />
      <circle cx="15.5" cy="5.5" r="2.2" fill="currentColor" stroke="none" />
    </>
  ),
  "bell-off": (
    <path d="M5.6 6.5c-.3 5-1.6 6-1.6 7h9.5M7.5 3.8A4.5 4.5 0 0114.5 7.5c0 1.7.3 2.9.6 3.8M8.5 16a1.7 1.7 0 003 0M3 3l14 14" />
  ),
  edit: <path d="M4 16l.8-3.4L13.5 4a1.6 1.6 0 012.5 2.5l-8.6 8.7zM12 5.5L14.5 8" />,
  plus: <path d="M10 4.5v11M4.5 10h11" />,
  x: <path d="M5.5 5.5l9 9M14.5 5.5l-9 9" />,
  check: <path d="M4.5 10.5l3.5 3.5 7.5-8" />,
  clock: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 6.5V10l2.5 1.8" />
    </>
  ),
  alert: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 6.8v3.7M10 13.2v.01" />
    </>
  ),
  send: <path d="M10 16V4.5M5 9.3l5-5 5 5" />,
  down: <path d="M10 4v11.5M5 10.8l5 5 5-5" />,
  menu: <path d="M3.5 6h13M3.5 10h13M3.5 14h9" />,
  at: (
    <>
      <circle cx="10" cy="10" r="3" />
      <path d="M13 7v4.2c0 2.4 3.5 2.3 3.5-1.2A6.5 6.5 0 1013.8 15.3" />
    </>
  ),
  copy: (
    <>
      <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
      <path d="M13 4.5A1.5 1.5 0 0011.5 3.5H5A1.5 1.5 0 003.5 5v6.5A1.5 1.5 0 005 13" />
    </>
  ),
  users: (
    <>
      <circle cx="7.5" cy="7" r="3" />
      <path d="M2.5 16c.3-3 2.3-4.5 5-4.5s4.7 1.5 5 4.5M13 4.3a3 3 0 010 5.4M14.5 11.8c1.8.5 2.9 2 3 4.2" />
    </>
  ),
  user: (
    <>
      <circle cx="10" cy="7" r="3" />
      <path d="M4.5 16.5c.4-3.2 2.6-5 5.5-5s5.1 1.8 5.5 5" />
    </>
  ),
  chev: <path d="M6.5 8l3.5 3.5L13.5 8" />,
  back: <path d="M12 5.5L7.5 10l4.5 4.5" />,
  link:
  <path d="M8.5 11.5l3-3M9 6.3l1.8-1.8a3.3 3.3 0 014.7 4.7L13.7 11M11 13.7l-1.8 1.8a3.3 3.3 0 01-4.7-4.7L6.3 9" />,
  screen: (
    <>
      <rect x="3" y="4" width="14" height="9.5" rx="1.8" />
      <path d="M7.5 16.5h5" />
    </>
  ),
  phone: (
    <>
      <rect x="6" y="2.8" width="8" height="14.4" rx="2" />
      <path d="M9.3 14.5h1.4" />
    </>
  ),
  key: (
    <>
      <circle cx="7" cy="13" r="3.5" />
      <path d="M9.5 10.5L16 4M13 7l2.5 2.5" />
    </>
  ),
  out: <path d="M8 4H4.5v12H8M8.5 10H17M13.5 6.5L17 10l-3.5 3.5" />,
  sun: (
    <>
      <circle cx="10" cy="10" r="3" />
      <path d="M10 3v1.5M10 15.5V17M3 10h1.5M15.5 10H17M5 5l1 1M14 14l1 1M15 5l-1 1M6 14l-1 1" />
    </>
  ),
  moon: <path d="M16 11.5A6.5 6.5 0 018.5 4a6.5 6.5 0 107.5 7.5z" />,
  keys: (
    <>
      <rect x="2.5" y="5" width="15" height="10" rx="2" />
      <path d="M5.5 8.3v.01M8.5 8.3v.01M11.5 8.3v.01M14.5 8.3v.01M7 12h6" />
    </>
  ),
  smile: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M7.2 11.8c1.3 1.9 4.3 1.9 5.6 0M7.8 8v.2M12.2 8v.2" />
    </>
  ),
  trash: <path d="M4 5.5h12M8 5.5V4h4v1.5M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5" />,
  redo: <path d="M15.5 8A6 6 0 104 12.5M15.8 3.8V8h-4.2" transform="rotate(20 10 10)" />,
  dot: <circle cx="10" cy="10" r="5.5" stroke-dasharray="1.5 2.8" />,
  archive: <path d="M3.5 4h13v3.5h-13zM4.5 7.5v8.5h11V7.5M8 10.5h4" />,
  stream: <path d="M3 6.5c2.3-2.6 4.7-2.6 7 0s4.7 2.6 7 0M3 13.5c2.3-2.6 4.7-2.6 7 0s4.7 2.6 7 0" />,
  reply: <path d="M4 4v4.5a3 3 0 003 3h9M12.5 8l3.5 3.5-3.5 3.5" />,
  chat: <path d="M4 4.5h12v9H9.5L6 16.5v-3H4z" />,
  sliders: (
    <>
      <path d="M3 6.5h7M14 6.5h3M3 13.5h3M10 13.5h7" />
      <circle cx="12" cy="6.5" r="2" />
      <circle cx="8" cy="13.5" r="2" />
    </>
  ),
  play: <path d="M6.5 4.5l9 5.5-9 5.5z" />,
  pause: <path d="M7 5v10M13 5v10" />,
  unread: (
    <>
      <path d="M16.5 9A6.5 6.5 0 1111 3.6" />
      <circle cx="15" cy="5" r="2.4" fill="currentColor" stroke="none" />
    </>
  ),
} satisfies Record<string, JSX.Element>;

/** The mark: a pebble split by two streams that meet. */
const STREAMS =
  "M8.4 -1.1Q8 2.5 8.3 4.2Q8.5 5.8 8.8 7.3Q9 8.8 8.9 10.3Q8.9 11.8 8.5 13.1Q8.1 14.4 7.7 15.9Q7.3 17.4 7.1 19.2Q6.9 21.1 7 23.2L7.1 25.3L12.5 24.7Q11.9 20.9 11.9 19.5Q11.9 18.1 12.1 16.7Q12.3 15.3 12.5 13.7Q12.7 12.2 12.6 10.3Q12.5 8.4 12.1 6.8Q11.6 5.2 11.2 3.7Q10.8 2.3 10.8 0.7L10.8 -0.9zM25 6.3Q20.9 6.1 19 6.4Q17.1 6.8 15.4 7.5Q13.6 8.3 12.2 9.6Q10.8 10.9 9.9 12.5L8.9 14.2L12.3 15.8Q13.5 12.8 14.5 11.7Q15.4 10.7 16.6 9.9Q17.9 9.2 19.5 8.7Q21.1 8.3 23.1 8.2L25 8.1z";
const PEBBLE = "M12.6.8C19 .4 23.5 5 23.3 11.7 23.1 18.5 18.4 23.4 11.8 23.2 5.2 23 .6 18.6.8 11.9 1 5.6 6 1.1 12.6.8z";

export function Sprite() {
  return <svg class="vh" aria-hidden="true">{drawSymbols()}</svg>;
}

/** What is in it, which is the same on each page. */
export function drawSymbols() {
  return (
    <>
      <symbol id="i-mark" viewBox="0 0 24 24">
        <mask id="i-cut">
          <path fill="#fff" d="M0 0h24v24H0z" />
          <path d={STREAMS} />
        </mask>
        <path fill="currentColor" mask="url(#i-cut)" d={PEBBLE} />
      </symbol>
      {Object.entries(icons).map(([name, drawing]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 20 20">{drawing}</symbol>
      ))}
    </>
  );
}
