import { cephRgw } from './ceph-rgw.ts';
import { mariadb } from './mariadb.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';
import type { AptPackage, TestService } from './running-service.ts';

/** All that the full tests use. A new service gets a file of its own and a line here. */
export const testServices: readonly TestService[] = [
  installedProgram(
    'Chromium',
    [
      // Chromium without windows: the same engine, at about half the computing of a page that plays.
      { name: 'chromium-headless-shell', brings: '/usr/bin/chromium-headless-shell' },
      { name: 'fonts-dejavu-core', brings: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },
    ],
    { VIDEOSTORAGE_CHROMIUM: '/usr/bin/chromium-headless-shell' },
  ),
  installedProgram('Firefox', [{ name: 'firefox-esr', brings: '/usr/bin/firefox-esr' }], {
    VIDEOSTORAGE_FIREFOX: '/usr/bin/firefox-esr',
  }),
  installedProgram(
    'WebKit',
    [
      { name: 'webkit2gtk-driver', brings: '/usr/bin/WebKitWebDriver' },
      { name: 'xvfb', brings: '/usr/bin/Xvfb' },
      { name: 'gstreamer1.0-plugins-good', brings: '/usr/lib/*/gstreamer-1.0/libgstisomp4.so' },
      { name: 'gstreamer1.0-plugins-bad', brings: '/usr/lib/*/gstreamer-1.0/libgstvideoparsersbad.so' },
      { name: 'gstreamer1.0-libav', brings: '/usr/lib/*/gstreamer-1.0/libgstlibav.so' },
    ],
    {},
  ),
  installedProgram('ffmpeg', [{ name: 'ffmpeg', brings: '/usr/bin/ffmpeg' }], {
    VIDEOSTORAGE_FFMPEG: '/usr/bin/ffmpeg',
    VIDEOSTORAGE_FFPROBE: '/usr/bin/ffprobe',
  }),
  cephRgw,
  redis,
  postgresql,
  mariadb,
];

/** A program that the tests start by themselves: it only has to be installed. */
function installedProgram(
  name: string,
  packages: readonly AptPackage[],
  environment: Readonly<Record<string, string>>,
): TestService {
  return { name, packages, start: async () => ({ environment, stop: async () => undefined }) };
}
