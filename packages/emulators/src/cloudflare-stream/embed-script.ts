/** `embed/sdk.latest.js`: the global `Stream(iframe)` with the documented methods, properties and events. */
export const EMBED_SCRIPT: string = `(() => {
  const readOnly = ['buffered', 'duration', 'ended', 'paused', 'played', 'videoHeight', 'videoWidth'];
  const writable = ['adUrl', 'autoplay', 'controls', 'currentTime', 'defaultTextTrack', 'letterboxColor', 'loop', 'muted',
    'playbackRate', 'poster', 'preload', 'primaryColor', 'src', 'volume'];
  const players = new WeakMap();
  const timeRanges = (pairs) => ({
    length: pairs.length,
    start: (index) => pairs[index][0],
    end: (index) => pairs[index][1],
  });

  const connect = (iframe) => {
    const state = { autoplay: false, buffered: [], controls: true, currentTime: 0, duration: NaN, ended: false, loop: false,
      muted: false, paused: true, playbackRate: 1, played: [], preload: 'metadata', videoHeight: 0, videoWidth: 0, volume: 1 };
    const player = new EventTarget();
    const calls = new Map();
    let waiting = [];
    let isConnected = false;
    let lastCall = 0;
    const post = (message) => iframe.contentWindow.postMessage({ stream: 'embed', ...message }, '*');
    const send = (message) => {
      if (isConnected) post(message);
      else waiting.push(message);
    };
    window.addEventListener('message', ({ source, data }) => {
      if (source !== iframe.contentWindow || data === null || typeof data !== 'object' || data.stream !== 'player') return;
      Object.assign(state, data.state);
      if (data.kind === 'ready') {
        isConnected = true;
        for (const message of waiting.splice(0)) post(message);
      } else if (data.kind === 'answer') {
        const call = calls.get(data.call);
        calls.delete(data.call);
        if (call !== undefined && data.error === undefined) call.resolve();
        else if (call !== undefined) call.reject(new DOMException(data.error.message, data.error.name));
      } else if (data.kind === 'event') {
        player.dispatchEvent(new Event(data.type));
      }
    });
    player.play = () => new Promise((resolve, reject) => {
      lastCall += 1;
      calls.set(lastCall, { resolve, reject });
      send({ kind: 'call', method: 'play', call: lastCall });
    });
    player.pause = () => send({ kind: 'call', method: 'pause' });
    for (const name of [...readOnly, ...writable]) {
      Object.defineProperty(player, name, {
        enumerable: true,
        get: () => (name === 'buffered' || name === 'played' ? timeRanges(state[name]) : state[name]),
        ...(writable.includes(name) && {
          set: (value) => {
            state[name] = value;
            send({ kind: 'set', name, value });
          },
        }),
      });
    }
    iframe.addEventListener('load', () => post({ kind: 'connect' }));
    post({ kind: 'connect' });
    return player;
  };

  window.Stream = (iframe) => {
    if (!(iframe instanceof HTMLIFrameElement)) throw new TypeError('Stream needs an iframe element.');
    if (!players.has(iframe)) players.set(iframe, connect(iframe));
    return players.get(iframe);
  };
})();
`;
