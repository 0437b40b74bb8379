// What the tabs of the site tell each other about the reader's own data.

/** That another tab has begun to use a file, or that what was kept is no longer. */
export type TabMessage = { used: string } | { forgotten: true };

const NAME = 'factorscope-data';

let channel: BroadcastChannel | undefined;

/** Hears what other tabs tell; nothing where the browser has no such channel. */
export function hearTabs(listener: (message: TabMessage) => void): void {
  open()?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => listener(data));
}

/** Tells the other tabs. */
export function tellTabs(message: TabMessage): void {
  open()?.postMessage(message);
}

function open(): BroadcastChannel | undefined {
  try {
    channel ??= new BroadcastChannel(NAME);
  } catch {
    // Where the browser keeps nothing for this site, there is nothing to tell either.
  }
  return channel;
}
