import net from 'node:net';
import tls from 'node:tls';

/**
 * Loaded into the process of a host app before its own code: it redirects requests to Cloudflare's API to the emulator at
 * `EMULATED_CLOUDFLARE_PORT` of this computer, so that the host app's code and settings are those for the real service.
 */
const API = 'api.cloudflare.com';
const { EMULATED_CLOUDFLARE_PORT: port = '' } = process.env;
const connect = tls.connect;

Object.assign(tls, {
  connect(...args: readonly unknown[]) {
    const [options] = args;
    const isOfApi = typeof options === 'object' && options !== null && Reflect.get(options, 'host') === API;
    if (!isOfApi) return Reflect.apply(connect, tls, args);
    const socket = net.connect({ host: '127.0.0.1', port: Number(port) });
    // The emulator speaks plain HTTP: there is no handshake to wait for.
    return socket.once('connect', () => socket.emit('secureConnect'));
  },
});
