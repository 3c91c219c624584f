import { createContext } from "preact";

/**
 * The `tabIndex` of links, code and buttons inside a message. With script the list is one stop of Tab and arrow keys
 * reach them (islands/room/use_message_list.ts), so it is -1; without script each is a stop.
 */
export const InnerStop = createContext<-1 | undefined>(undefined);
