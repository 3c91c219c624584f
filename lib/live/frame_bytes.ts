/** A frame's bytes. All who get a frame get it one after the other, so it is encoded for the first of them. */
export function createFrameBytes(): (frame: string) => Uint8Array {
  const utf8 = new TextEncoder();
  let last = { frame: "", bytes: new Uint8Array() };
  return (frame) => {
    if (frame !== last.frame) last = { frame, bytes: utf8.encode(frame) };
    return last.bytes;
  };
}
