/** Whether keys of one character work on this device. They do where storage is forbidden. */
const KEY = "rivulet:letters";
const OFF = "off";

export function readSingleKeys(): boolean {
  try {
    return localStorage.getItem(KEY) !== OFF;
  } catch {
    return true;
  }
}

export function keepSingleKeys(are: boolean): void {
  try {
    if (are) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, OFF);
  } catch {
    return; // It holds for this page.
  }
}
