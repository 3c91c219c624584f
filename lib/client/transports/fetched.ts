/** A transport whose code is fetched when it is first used, so that a page is small. */
import { type Connection, type Transport, type TransportName, UNKNOWN_CLOSE } from "../connection/transport.ts";

/** `load` may fail, and is then asked again by the next connection. */
export function createFetchedTransport(name: TransportName, load: () => Promise<Transport>): Transport {
  let loading: Promise<Transport> | undefined;
  return {
    name,
    connect(on): Connection {
      let inner: Connection | undefined;
      let isOver = false;
      loading ??= load();
      loading.then((transport) => {
        if (!isOver) inner = transport.connect(on);
      }, () => {
        loading = undefined;
        if (!isOver) on.closed(UNKNOWN_CLOSE);
      });
      return {
        send: (frame) => inner?.send(frame),
        close(code) {
          isOver = true;
          inner?.close(code);
        },
        wake: () => inner?.wake?.(),
      };
    },
  };
}
